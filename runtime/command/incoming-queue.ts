import { Reader } from "../bytes/reader.ts";
import { CommandFlag } from "../session/frame.ts";
import { Fifo } from "./fifo.ts";
import type { IncomingCommand } from "./incoming-command.ts";

/** Keeps the place of a command that was given up before it arrived. */
const skipped: unique symbol = Symbol("skipped");

export interface QueueHost {
  /** Whether anything may start now. */
  readonly mayStart: () => boolean;
  /**
   * Runs the command, or refuses it. The body is valid until it returns; it must not throw.
   *
   * @param abandoned the command depends on the one before it, which failed
   */
  readonly start: (command: IncomingCommand, body: Reader, abandoned: boolean) => void;
}

/**
 * The order of commands: first come, first started. An ordered command holds back all that came after it until it has ended, and what came
 * next may depend on its success. What has to wait is copied, for its record's memory is the channel's.
 */
export class IncomingQueue {
  readonly #host: QueueHost;
  readonly #waiting = new Fifo<IncomingCommand | typeof skipped>();
  #holder: IncomingCommand | undefined;
  /** The ordered command that ended last failed, and nothing has started since. */
  #failed = false;
  #pumping = false;

  /** Bytes of the commands that wait. */
  #bytes = 0;

  constructor(host: QueueHost) {
    this.#host = host;
  }

  /** Commands that wait. */
  get length(): number {
    return this.#waiting.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(command: IncomingCommand, body: Reader): void {
    if (this.#waiting.length === 0 && this.#mayStart) this.#start(command, body);
    else {
      command.payload = body.copy(body.end - body.position);
      this.#waiting.push(command);
      this.#bytes += command.size;
    }
  }

  /** A command was given up before it arrived: what depends on it must not run. */
  skip(): void {
    if (this.#waiting.length === 0 && this.#holder === undefined) this.#failed = true;
    // One place for any number of them: they have no credit that would bound them.
    else if (this.#waiting.last() !== skipped) this.#waiting.push(skipped);
  }

  /** Starts what may start. */
  pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#waiting.length > 0 && this.#mayStart) {
      const command = this.#waiting.shift()!;
      if (command === skipped) {
        this.#failed = true;
        continue;
      }
      this.#bytes -= command.size;
      const payload = command.payload ?? new Uint8Array();
      command.payload = undefined;
      this.#start(command, new Reader(payload));
    }
    this.#pumping = false;
  }

  /** A command has ended, or its reply is parked: those that it held back may start. */
  settled(command: IncomingCommand, failed: boolean): void {
    if (command !== this.#holder) return;
    this.#holder = undefined;
    this.#failed = failed;
    this.pump();
  }

  clear(): void {
    this.#waiting.clear();
    this.#bytes = 0;
  }

  get #mayStart(): boolean {
    return this.#holder === undefined && this.#host.mayStart();
  }

  #start(command: IncomingCommand, body: Reader): void {
    const abandoned = this.#failed && (command.flags & CommandFlag.AFTER_SUCCESS) !== 0;
    this.#failed = false;
    if (command.ordered) this.#holder = command;
    this.#host.start(command, body, abandoned);
  }
}
