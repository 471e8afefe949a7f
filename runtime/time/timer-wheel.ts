import type { Clock } from "./clock.ts";
import type { Timer, Timers } from "./timers.ts";
import { WheelSlots } from "./wheel-slots.ts";
import { type TimerHost, WheelTimer } from "./wheel-timer.ts";

/** The wheel's tick, in milliseconds: by how much a short delay may be late. */
export const FINE_TICK_MS = 1;
/** Delays of {@link COARSE_FROM_MS} and more end on multiples of this, so that many of them share one wake of the process. */
export const COARSE_TICK_MS = 10;
/** From this delay on, {@link COARSE_TICK_MS} is at most 5 % of it. */
export const COARSE_FROM_MS = 200;

/** What a wheel turns by. */
export interface TimerWheelOptions {
  readonly clock: Clock;
  /** Gets what a callback throws; the other timers are not disturbed. */
  readonly onError: (error: unknown) => void;
}

/**
 * Timers at a cost that does not grow with their number. One timer of the clock is armed while any waits, and none otherwise. Timers that
 * find themselves due together run in the order of their deadlines, then in the order in which they were set. Deadlines are absolute, so
 * that lateness does not add up; after a forward jump of the clock, all that became due runs in one wake.
 */
export class TimerWheel implements Timers, TimerHost {
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #slots: WheelSlots<WheelTimer>;
  #size = 0;
  #order = 0;
  #armedTick = Number.POSITIVE_INFINITY;
  #disarm: (() => void) | undefined;
  #running = false;
  #lastReading: number;
  #correction = 0;

  constructor(options: TimerWheelOptions) {
    this.#clock = options.clock;
    this.#onError = options.onError;
    this.#lastReading = this.#clock.now();
    this.#slots = new WheelSlots(Math.floor(this.#lastReading / FINE_TICK_MS));
  }

  /** Timers that wait. */
  get size(): number {
    return this.#size;
  }

  /** As the clock, but never backwards: where a faulty clock jumps back, time stands still for a moment. */
  now(): number {
    const reading = this.#clock.now();
    if (reading < this.#lastReading) this.#correction += this.#lastReading - reading;
    this.#lastReading = reading;
    return reading + this.#correction;
  }

  /** Never calls `run` before it returns. A delay below zero is zero; an infinite one never ends. */
  after(delayMs: number, run: () => void): Timer {
    const timer = new Callback(run);
    this.start(timer, delayMs);
    return timer;
  }

  start(timer: WheelTimer, delayMs: number): void {
    if (Number.isNaN(delayMs)) throw new RangeError("a timer's delay is no number");
    const now = this.now();
    if (this.#size === 0) this.#slots.skipTo(Math.floor(now / FINE_TICK_MS));
    const granule = delayMs < COARSE_FROM_MS ? FINE_TICK_MS : COARSE_TICK_MS;
    const due = now + Math.max(delayMs, 0);
    const tick = Math.ceil(due / granule) * (granule / FINE_TICK_MS);
    timer.due = due;
    timer.tick = Math.max(tick, this.#slots.tick + 1);
    timer.order = this.#order++;
    timer.host = this;
    this.#size++;
    const wakeTick = this.#slots.add(timer);
    if (!this.#running && wakeTick < this.#armedTick) this.#arm(wakeTick);
  }

  /** For {@link WheelTimer.disarm}. */
  disarm(timer: WheelTimer): void {
    timer.host = undefined;
    this.#slots.remove(timer);
    if (--this.#size === 0) this.#rest();
  }

  #arm(tick: number): void {
    this.#disarm?.();
    this.#armedTick = tick;
    this.#disarm = this.#clock.setTimer(Math.max(tick * FINE_TICK_MS - this.now(), 0), this.#wake);
  }

  #rest(): void {
    this.#disarm?.();
    this.#disarm = undefined;
    this.#armedTick = Number.POSITIVE_INFINITY;
  }

  /** Runs what is due. What the callbacks set waits for another wake, so that no chain of short timers holds the event loop. */
  readonly #wake = (): void => {
    this.#disarm = undefined;
    this.#rest();
    this.#running = true;
    const target = Math.floor(this.now() / FINE_TICK_MS);
    const due: WheelTimer[] = [];
    while (this.#slots.nextTick() <= target) this.#slots.take(due);
    this.#slots.skipTo(target);
    due.sort((a, b) => a.due - b.due || a.order - b.order);
    for (const timer of due) this.#call(timer);
    this.#running = false;
    if (this.#size > 0) this.#arm(this.#slots.nextTick());
  };

  #call(timer: WheelTimer): void {
    // Cancelled by a callback before it.
    if (timer.host === undefined) return;
    timer.host = undefined;
    this.#size--;
    try {
      timer.expire();
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    try {
      this.#onError(error);
    } catch {
      // A reporter that fails has nobody to report to, and the other timers are still due.
    }
  }
}

class Callback extends WheelTimer implements Timer {
  readonly #run: () => void;

  constructor(run: () => void) {
    super();
    this.#run = run;
  }

  expire(): void {
    this.#run();
  }

  cancel(): void {
    this.disarm();
  }
}
