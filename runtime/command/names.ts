import type { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";
import type { CommandType } from "../schema/service-type.ts";
import { COMMAND_NAME_BYTES, kindNumbers } from "../session/frame.ts";
import { ProtocolError } from "../session/protocol-error.ts";

/**
 * A command travels under its name once, and under a number from then on: reference 0 introduces the next number together with the name and
 * the kind, n means the n-th name that this side introduced in its class of priority: what is sent in two classes arrives in any order, so that a name
 * which is introduced in one is not known in the other.
 */
export class CommandNames {
  readonly #numbers = new Map<string, number>();

  /** 0 while it has none. */
  number(command: CommandType): number {
    return this.#numbers.get(command.name) ?? 0;
  }

  /** @param number what {@link number} says of it */
  write(writer: Writer, command: CommandType, number: number): void {
    writer.uint32(number);
    if (number !== 0) return;
    writer.string(command.name);
    writer.uint32(kindNumbers[command.kind]);
  }

  /** The frame that carried the name is on its way: the number counts from now on. False when it had one. */
  introduced(command: CommandType): boolean {
    if (this.number(command) !== 0) return false;
    this.#numbers.set(command.name, this.#numbers.size + 1);
    return true;
  }
}

/** How many names were introduced in a session. */
export interface IntroducedNames {
  names: number;
}

/** The receiving side: numbers back to what they stand for. */
export class CommandNumbers<Entry> {
  readonly #entries: Entry[] = [];
  readonly #limit: number;
  readonly #resolve: (name: string, kind: number) => Entry;
  readonly #all: IntroducedNames;

  /**
   * @param limit how many names the peer may introduce, in all classes together
   * @param resolve what a name stands for, unknown ones included
   * @param all counts the names of all classes
   */
  constructor(limit: number, resolve: (name: string, kind: number) => Entry, all: IntroducedNames = { names: 0 }) {
    this.#limit = limit;
    this.#resolve = resolve;
    this.#all = all;
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
    if (this.#all.names >= this.#limit)
      throw new ProtocolError(`more than ${this.#limit} command names were introduced (limit commandNames)`);
    const entry = this.#resolve(readName(body), body.uint32());
    this.#entries.push(entry);
    this.#all.names++;
    return entry;
  }
}

export function readName(body: Reader): string {
  const length = body.uint32();
  if (length === 0 || length > COMMAND_NAME_BYTES)
    throw new ProtocolError(`a command name of ${length} bytes; the limit is ${COMMAND_NAME_BYTES}`);
  return body.string(length);
}
