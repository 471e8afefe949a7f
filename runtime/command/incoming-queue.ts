import { Reader } from "../bytes/reader.ts";
import { CommandError } from "../errors/command-error.ts";
import { CommandFlag } from "../session/frame.ts";
import { Fifo } from "./fifo.ts";
import type { IncomingCommand } from "./incoming-command.ts";

export interface QueueHost {
  /** Whether anything may start now. */
  readonly mayStart: () => boolean;
  readonly start: (command: IncomingCommand, body: Reader) => void;
}

/**
 * The order of commands: first come, first started. An ordered command holds back all that came after it until it has ended; one that stops
 * on error also decides about its follower. What has to wait is copied, for its record's memory is the channel's.
 */
export class IncomingQueue {
  readonly #host: QueueHost;
  readonly #waiting = new Fifo<IncomingCommand>();
  #holder: IncomingCommand | undefined;
  #stopNext = false;
  #paused = 0;
  #pumping = false;

  constructor(host: QueueHost) {
    this.#host = host;
  }

  push(command: IncomingCommand, body: Reader): void {
    if (this.#waiting.length === 0 && this.#mayStart) this.#start(command, body);
    else {
      command.payload = body.copy(body.end - body.position);
      this.#waiting.push(command);
    }
  }

  /** Starts nothing until the returned function is called. */
  pause(): () => void {
    this.#paused++;
    let paused = true;
    return () => {
      if (!paused) return;
      paused = false;
      this.#paused--;
      this.pump();
    };
  }

  /** Starts what may start. */
  pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#waiting.length > 0 && this.#mayStart) {
      const command = this.#waiting.shift()!;
      const payload = command.payload ?? new Uint8Array();
      command.payload = undefined;
      this.#start(command, new Reader(payload));
    }
    this.#pumping = false;
  }

  /** The refusal that the command before this one caused, if it did. */
  refuses(command: IncomingCommand): CommandError | undefined {
    const stopped = this.#stopNext;
    this.#stopNext = false;
    if (!stopped) return undefined;
    const { name } = command.registration.command;
    return new CommandError("ABORTED", `${name}: the command before it in its batch failed`, { outcome: "NOT_RUN", command: name });
  }

  /** A command has ended, or its reply is parked. */
  settled(command: IncomingCommand, failed: boolean): void {
    if (command !== this.#holder) return;
    this.#holder = undefined;
    this.#stopNext = failed && (command.flags & CommandFlag.STOP_ON_ERROR) !== 0;
    this.pump();
  }

  clear(): void {
    this.#waiting.clear();
  }

  get #mayStart(): boolean {
    return this.#paused === 0 && this.#holder === undefined && this.#host.mayStart();
  }

  #start(command: IncomingCommand, body: Reader): void {
    if (command.ordered) this.#holder = command;
    this.#host.start(command, body);
  }
}
