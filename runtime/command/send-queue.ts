import type { CommandError } from "../errors/command-error.ts";
import type { Timer, Timers } from "../time/timers.ts";
import { Fifo } from "./fifo.ts";

/** A command that waits for room or credit, its message already encoded. */
export interface WaitingSend {
  /** The command's name. */
  readonly command: string;
  /** Writes the frame. */
  send(): void;
  fail(error: CommandError): void;
  /** What to fail with when the waiting takes too long. */
  expired(): CommandError;
  /** Bytes that it holds. */
  readonly size: number;
}

interface Entry {
  readonly waiting: WaitingSend;
  timer: Timer | undefined;
  done: boolean;
}

/** Commands that could not leave at once, in the order of their calls. */
export class SendQueue {
  readonly #entries = new Fifo<Entry>();
  readonly #timers: Timers;
  readonly #timeoutMs: number;
  readonly #maySend: () => boolean;
  #bytes = 0;
  #live = 0;
  #onEmpty: (() => void)[] = [];

  constructor(timers: Timers, timeoutMs: number, maySend: () => boolean) {
    this.#timers = timers;
    this.#timeoutMs = timeoutMs;
    this.#maySend = maySend;
  }

  /** Nothing waits: who comes now need not either. */
  get empty(): boolean {
    return this.#live === 0;
  }

  get length(): number {
    return this.#live;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Returns a function that takes the command out again; it answers false when the command had left already. */
  push(waiting: WaitingSend): () => boolean {
    const entry: Entry = { waiting, timer: undefined, done: false };
    entry.timer = this.#timers.after(this.#timeoutMs, () => {
      if (this.#leave(entry)) waiting.fail(waiting.expired());
      this.pump();
    });
    this.#entries.push(entry);
    this.#live++;
    this.#bytes += waiting.size;
    return () => {
      const left = this.#leave(entry);
      this.#tellEmpty();
      return left;
    };
  }

  /** Sends what may be sent. */
  pump(): void {
    for (let entry = this.#entries.peek(); entry !== undefined; entry = this.#entries.peek()) {
      if (!entry.done && !this.#maySend()) return;
      this.#entries.shift();
      if (this.#leave(entry)) entry.waiting.send();
    }
    this.#tellEmpty();
  }

  /** Fails everything that waits. */
  clear(error: (waiting: WaitingSend) => CommandError): void {
    for (let entry = this.#entries.shift(); entry !== undefined; entry = this.#entries.shift()) {
      if (this.#leave(entry)) entry.waiting.fail(error(entry.waiting));
    }
    this.#tellEmpty();
  }

  /** Calls back when nothing waits any more; at once when nothing does. */
  whenEmpty(run: () => void): void {
    if (this.empty) run();
    else this.#onEmpty.push(run);
  }

  #leave(entry: Entry): boolean {
    if (entry.done) return false;
    entry.done = true;
    entry.timer?.cancel();
    this.#live--;
    this.#bytes -= entry.waiting.size;
    return true;
  }

  #tellEmpty(): void {
    if (this.#live === 0) for (const run of this.#onEmpty.splice(0)) run();
  }
}
