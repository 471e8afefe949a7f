import type { CommandError } from "../errors/command-error.ts";
import type { Timer, Timers } from "../time/timers.ts";

/** A command that waits for room or credit, its message already encoded. */
export interface WaitingSend {
  /** The command's name. */
  readonly command: string;
  /** Bytes that it holds. */
  readonly size: number;
  /** Writes the frame. Never throws. */
  send(): void;
  fail(error: CommandError): void;
  /** What to fail with when the waiting takes too long. */
  expired(): CommandError;
}

/** Something at a place in the queue: a command, or somebody who waits for all before it to leave. */
interface Entry {
  readonly waiting: WaitingSend | undefined;
  readonly passed: (() => void) | undefined;
  timer: Timer | undefined;
}

/** Commands that could not leave at once, in the order of their calls. */
export class SendQueue {
  /** In order; leaving from the middle costs nothing and keeps nothing. */
  readonly #entries = new Set<Entry>();
  readonly #timers: Timers;
  readonly #timeoutMs: number;
  readonly #maySend: () => boolean;
  /** Commands that had to wait. */
  pushed = 0;
  #length = 0;
  #bytes = 0;

  /**
   * @param timeoutMs how long one command may wait
   * @param maySend whether one more may be sent now
   */
  constructor(timers: Timers, timeoutMs: number, maySend: () => boolean) {
    this.#timers = timers;
    this.#timeoutMs = timeoutMs;
    this.#maySend = maySend;
  }

  /** Commands that wait. */
  get length(): number {
    return this.#length;
  }

  /** Bytes that they hold. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Returns a function that takes the command out again; it does nothing when the command has left already. */
  push(waiting: WaitingSend): () => void {
    const entry: Entry = { waiting, passed: undefined, timer: undefined };
    entry.timer = this.#timers.after(this.#timeoutMs, () => {
      if (!this.#leave(entry)) return;
      waiting.fail(waiting.expired());
      this.pump();
    });
    this.#entries.add(entry);
    this.pushed++;
    this.#length++;
    this.#bytes += waiting.size;
    return () => {
      if (this.#leave(entry)) this.pump();
    };
  }

  /** Calls back when all that waits now has left, in whatever way; at once when nothing waits. */
  whenPassed(passed: () => void): void {
    if (this.#length === 0) passed();
    else this.#entries.add({ waiting: undefined, passed, timer: undefined });
  }

  /** Sends what may be sent. */
  pump(): void {
    for (const entry of this.#entries) {
      if (entry.waiting !== undefined && !this.#maySend()) return;
      this.#leave(entry);
      entry.waiting?.send();
      entry.passed?.();
    }
  }

  /** Fails everything that waits; who waits for its leaving is not called back. */
  clear(error: (command: string) => CommandError): void {
    for (const entry of this.#entries) {
      this.#leave(entry);
      entry.waiting?.fail(error(entry.waiting.command));
    }
  }

  #leave(entry: Entry): boolean {
    if (!this.#entries.delete(entry)) return false;
    entry.timer?.cancel();
    if (entry.waiting !== undefined) {
      this.#length--;
      this.#bytes -= entry.waiting.size;
    }
    return true;
  }
}
