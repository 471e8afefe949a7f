import type { Timer, Timers } from "../time/timers.ts";

/**
 * How many commands may start in a second: so many at once after a pause of a second, then evenly. What may not start waits in its queue, and
 * its credit with it, so that a peer which keeps to the rules is slowed down and never refused.
 */
export class Pace {
  readonly #timers: Timers;
  readonly #intervalMs: number;
  /** How far behind its even rate a peer may be and catch up. */
  readonly #burstMs: number;
  readonly #wake: () => void;
  /** When the next command may start at the even rate, on the timers' scale. */
  #nextAt = 0;
  #timer: Timer | undefined;

  /** @param wake one more may start, after {@link open} said no */
  constructor(perSecond: number, timers: Timers, wake: () => void) {
    this.#timers = timers;
    this.#intervalMs = 1000 / perSecond;
    this.#burstMs = 1000 - this.#intervalMs;
    this.#wake = wake;
  }

  /** Whether a command may start now. */
  get open(): boolean {
    const waitMs = this.#nextAt - this.#burstMs - this.#timers.now();
    if (waitMs <= 0) return true;
    this.#timer ??= this.#timers.after(waitMs, () => {
      this.#timer = undefined;
      this.#wake();
    });
    return false;
  }

  /** A command starts. */
  take(): void {
    this.#nextAt = Math.max(this.#nextAt, this.#timers.now()) + this.#intervalMs;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
