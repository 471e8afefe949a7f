import { Reader } from "../bytes/reader.ts";
import { CommandFlag } from "../session/frame.ts";
import type { Outbox } from "../session/outbox.ts";
import type { Priority } from "../session/priority.ts";
import { Fifo } from "./fifo.ts";
import type { IncomingCommand } from "./incoming-command.ts";

/** Between two commands: what stands there takes no credit, so any number of barriers and of commands that were given up is one place. */
class Gap {
  /** A command was given up before it arrived. */
  skipped = false;
  /** The last barrier here, counted from 1; 0: none. */
  barrier = 0;
}

export interface QueueHost {
  /** Whether anything may start now whose answers leave by this outbox. */
  mayStart(outbox: Outbox): boolean;
  /**
   * Runs the command, or refuses it. The body is valid until it returns; it must not throw.
   *
   * @param abandoned the command depends on the one before it, which failed
   */
  start(command: IncomingCommand, body: Reader, abandoned: boolean): void;
  /** All that came in this class before the barrier of this number has started. Whether that barrier is open. */
  reach(priority: Priority, barrier: number): boolean;
}

/**
 * The order of commands: first come, first started. An ordered command holds back all that came after it until it has ended, and what came
 * next may depend on its success. At a barrier it waits for the queues of the other classes. What has to wait is copied, for its record's memory is the channel's.
 */
export class IncomingQueue {
  readonly #host: QueueHost;
  /** By which answers leave. */
  readonly outbox: Outbox;
  /** Undefined until something had to wait. */
  #waiting: Fifo<IncomingCommand | Gap> | undefined;
  #holder: IncomingCommand | undefined;
  /** The ordered command that ended last failed, and nothing has started since. */
  #failed = false;
  #pumping = false;
  /** Barriers that came. */
  #barriers = 0;

  /** Bytes of the commands that wait. */
  #bytes = 0;

  constructor(outbox: Outbox, host: QueueHost) {
    this.#host = host;
    this.outbox = outbox;
  }

  get priority(): Priority {
    return this.outbox.priority;
  }

  /** Commands that wait. */
  get length(): number {
    return this.#waiting?.length ?? 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(command: IncomingCommand, body: Reader): void {
    if (this.length === 0 && this.#mayStart) this.#start(command, body);
    else {
      command.waited = true;
      command.payload = body.copy(body.end - body.position);
      this.#places.push(command);
      this.#bytes += command.size;
    }
  }

  /** Whether what comes now may start at once, and does. It has ended, or is nothing that others wait for, when the next comes. */
  passes(): boolean {
    if (this.length > 0 || !this.#mayStart) return false;
    this.#failed = false;
    return true;
  }

  /** A command was given up before it arrived: what depends on it must not run. */
  skip(): void {
    if (this.length === 0 && this.#holder === undefined) this.#failed = true;
    else this.#gap().skipped = true;
  }

  /** What comes from now on waits until the other classes have come as far. */
  barrier(): void {
    this.#gap().barrier = ++this.#barriers;
    this.pump();
  }

  /** Starts what may start. */
  pump(): void {
    const waiting = this.#waiting;
    if (this.#pumping || waiting === undefined) return;
    this.#pumping = true;
    while (waiting.length > 0) {
      const next = waiting.peek()!;
      const open =
        !(next instanceof Gap) || next.barrier === 0 || (!this.#holder?.takesBlob && this.#host.reach(this.priority, next.barrier));
      if (!open || !this.#mayStart) break;
      waiting.shift();
      if (next instanceof Gap) {
        this.#failed ||= next.skipped;
        continue;
      }
      this.#bytes -= next.size;
      const payload = next.payload ?? new Uint8Array();
      next.payload = undefined;
      this.#start(next, new Reader(payload));
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
    this.#waiting?.clear();
    this.#bytes = 0;
  }

  #gap(): Gap {
    const last = this.#waiting?.last();
    if (last instanceof Gap) return last;
    const gap = new Gap();
    this.#places.push(gap);
    return gap;
  }

  get #places(): Fifo<IncomingCommand | Gap> {
    this.#waiting ??= new Fifo();
    return this.#waiting;
  }

  get #mayStart(): boolean {
    return this.#holder === undefined && this.#host.mayStart(this.outbox);
  }

  #start(command: IncomingCommand, body: Reader): void {
    const abandoned = this.#failed && (command.flags & CommandFlag.AFTER_SUCCESS) !== 0;
    this.#failed = false;
    if (command.holds) this.#holder = command;
    this.#host.start(command, body, abandoned);
  }
}
