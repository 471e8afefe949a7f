import type { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";
import type { CommandType } from "../schema/service-type.ts";
import { COMMAND_NAME_BYTES, kindNumbers } from "../session/frame.ts";
import { ProtocolError } from "../session/protocol-error.ts";

/**
 * A command travels under its name once, and under a number from then on: reference 0 introduces the next number together with the name and
 * the kind, n means the n-th name that this side introduced.
 */
export class CommandNames {
  readonly #numbers = new Map<string, number>();

  /** Whether this command already has a number. */
  knows(command: CommandType): boolean {
    return this.#numbers.has(command.name);
  }

  get size(): number {
    return this.#numbers.size;
  }

  write(writer: Writer, command: CommandType): void {
    const number = this.#numbers.get(command.name);
    writer.uint32(number ?? 0);
    if (number !== undefined) return;
    writer.string(command.name);
    writer.uint32(kindNumbers[command.kind]);
  }

  /** The frame that carried the name is on its way: the number counts from now on. */
  introduced(command: CommandType): void {
    if (!this.#numbers.has(command.name)) this.#numbers.set(command.name, this.#numbers.size + 1);
  }
}

/** The receiving side: numbers back to what they stand for. */
export class CommandNumbers<Entry> {
  readonly #entries: Entry[] = [];
  readonly #limit: number;
  readonly #resolve: (name: string, kind: number) => Entry;

  /**
   * @param limit how many names the peer may introduce
   * @param resolve what a name stands for, unknown ones included
   */
  constructor(limit: number, resolve: (name: string, kind: number) => Entry) {
    this.#limit = limit;
    this.#resolve = resolve;
  }

  read(body: Reader): Entry {
    const number = body.uint32();
    return number === 0 ? this.#introduce(body) : this.#entry(number);
  }

  /** Of a frame that may be lost, and so introduces nothing. */
  readKnown(body: Reader): Entry {
    return this.#entry(body.uint32());
  }

  #entry(number: number): Entry {
    const entry = this.#entries[number - 1];
    if (entry === undefined) throw new ProtocolError(`command number ${number} was never introduced`);
    return entry;
  }

  #introduce(body: Reader): Entry {
    if (this.#entries.length >= this.#limit)
      throw new ProtocolError(`more than ${this.#limit} command names were introduced (limit commandNames)`);
    const length = body.uint32();
    if (length === 0 || length > COMMAND_NAME_BYTES)
      throw new ProtocolError(`a command name of ${length} bytes; the limit is ${COMMAND_NAME_BYTES}`);
    const entry = this.#resolve(body.string(length), body.uint32());
    this.#entries.push(entry);
    return entry;
  }
}
