import type { Timer, Timers } from "./timers.ts";

/** Intervals that are added up are not exactly their product. */
const ROUNDING_MS = 0.001;

/** How often something may happen: so many times at once after a pause, then evenly. */
export class Pace {
  readonly #timers: Timers;
  readonly #intervalMs: number;
  /** How far behind its even rate it may be and catch up. */
  readonly #burstMs: number;
  readonly #wake: () => void;
  /** When it may happen next at the even rate, on the timers' scale. */
  #nextAt = 0;
  #timer: Timer | undefined;

  /**
   * @param burst how many at once after a pause
   * @param wake it may happen again, after {@link open} said no
   */
  constructor(perSecond: number, burst: number, timers: Timers, wake: () => void = () => {}) {
    this.#timers = timers;
    this.#intervalMs = 1000 / perSecond;
    this.#burstMs = (burst - 1) * this.#intervalMs + ROUNDING_MS;
    this.#wake = wake;
  }

  /** Whether it may happen now. */
  get allows(): boolean {
    return this.#waitMs <= 0;
  }

  /** Whether it may happen now; if not, `wake` is called when it may. */
  get open(): boolean {
    const waitMs = this.#waitMs;
    if (waitMs <= 0) return true;
    this.#timer ??= this.#timers.after(waitMs, () => {
      this.#timer = undefined;
      this.#wake();
    });
    return false;
  }

  /** It happens. */
  take(): void {
    this.#nextAt = Math.max(this.#nextAt, this.#timers.now()) + this.#intervalMs;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  get #waitMs(): number {
    return this.#nextAt - this.#burstMs - this.#timers.now();
  }
}
