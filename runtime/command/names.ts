import type { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";
import type { CommandType } from "../schema/service-type.ts";
import { COMMAND_NAME_BYTES, kindNumbers } from "../session/frame.ts";
import { ProtocolError } from "../session/protocol-error.ts";
import type { TravellingCommand } from "./travelling.ts";

/**
 * A command travels under its name once, and under a number from then on: reference 0 introduces the next number together with the name and
 * the kind, n means the n-th name that this side introduced in its class of priority: what is sent in two classes arrives in any order, so that a name
 * which is introduced in one is not known in the other.
 */
export class CommandNames {
  readonly #numbers = new Map<string, number>();
  /** The name that was asked for last, with its number: a broadcast asks each session for the same, and finds little of its memory near. */
  #name = "";
  #number = 0;

  /** 0 while it has none. */
  number({ name }: CommandType): number {
    if (name !== this.#name) {
      this.#name = name;
      this.#number = this.#numbers.get(name) ?? 0;
    }
    return this.#number;
  }

  /** @param number what {@link number} says of it */
  write(writer: Writer, command: TravellingCommand, number: number): void {
    writer.uint32(number);
    if (number !== 0) return;
    writer.string(command.name);
    writer.uint32(kindNumbers[command.kind] + (command.form ?? 0));
  }

  /** The frame that carried the name, which had no number before, is on its way: the number counts from now on. */
  introduced(command: CommandType): void {
    this.#name = command.name;
    this.#number = this.#numbers.size + 1;
    this.#numbers.set(this.#name, this.#number);
  }
}

const noEntries: readonly never[] = [];

/** How many names were introduced in a session. */
export interface IntroducedNames {
  names: number;
}

/** Whose names they are, those of all classes. */
export interface NamesHost<Entry> extends IntroducedNames {
  /** How many the peer may introduce. */
  readonly commandNames: number;
  /** What a name stands for, unknown ones included. */
  resolve(name: string, kind: number): Entry;
}

/** Up to so many names their list is made anew with each, and never holds more memory than it needs: most peers call few commands. */
const FEW_NAMES = 16;

/** The receiving side: numbers back to what they stand for. */
export class CommandNumbers<Entry> {
  #entries: Entry[] = noEntries as never[];
  readonly #host: NamesHost<Entry>;

  constructor(host: NamesHost<Entry>) {
    this.#host = host;
  }

  read(body: Reader): Entry {
    const number = body.uint32();
    return number === 0 ? this.#introduce(body) : this.#entry(number);
  }

  /** Of a frame that may be lost, and so introduces nothing. */
  readKnown(body: Reader): Entry {
    return this.#entry(body.uint32());
  }

  /** What a reference from 1 on stands for. */
  at(number: number): Entry | undefined {
    return this.#entries[number - 1];
  }

  #entry(number: number): Entry {
    const entry = this.at(number);
    if (entry === undefined) throw new ProtocolError(`command number ${number} was never introduced`);
    return entry;
  }

  #introduce(body: Reader): Entry {
    const host = this.#host;
    if (host.names >= host.commandNames)
      throw new ProtocolError(`more than ${host.commandNames} command names were introduced (limit commandNames)`);
    const entry = host.resolve(readName(body), body.uint32());
    // A list that is spread keeps room for sixteen more.
    if (this.#entries.length < FEW_NAMES) this.#entries = this.#entries.concat([entry]);
    else this.#entries.push(entry);
    host.names++;
    return entry;
  }
}

export function readName(body: Reader): string {
  const length = body.uint32();
  if (length === 0 || length > COMMAND_NAME_BYTES)
    throw new ProtocolError(`a command name of ${length} bytes; the limit is ${COMMAND_NAME_BYTES}`);
  return body.string(length);
}
