import type { Clock } from "./clock.ts";
import type { Timer, Timers } from "./timers.ts";
import { type SlotEntry, WheelSlots } from "./wheel-slots.ts";

/** The wheel's tick, in milliseconds: by how much a short delay may be late. */
export const FINE_TICK_MS = 1;
/** Delays of {@link COARSE_FROM_MS} and more end on multiples of this, so that many of them share one wake of the process. */
export const COARSE_TICK_MS = 10;
/** From this delay on, {@link COARSE_TICK_MS} is at most 5 % of it. */
export const COARSE_FROM_MS = 200;

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
export class TimerWheel implements Timers {
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #slots: WheelSlots<Entry>;
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
    if (Number.isNaN(delayMs)) throw new RangeError("a timer's delay must be a number of milliseconds");
    const now = this.now();
    if (this.#size === 0) this.#slots.skipTo(Math.floor(now / FINE_TICK_MS));
    const granule = delayMs < COARSE_FROM_MS ? FINE_TICK_MS : COARSE_TICK_MS;
    const due = now + Math.max(delayMs, 0);
    const tick = Math.ceil(due / granule) * (granule / FINE_TICK_MS);
    const entry = new Entry(due, Math.max(tick, this.#slots.tick + 1), this.#order++, run, this.#cancelled);
    this.#size++;
    const wakeTick = this.#slots.add(entry);
    if (!this.#running && wakeTick < this.#armedTick) this.#arm(wakeTick);
    return entry;
  }

  readonly #cancelled = (entry: Entry): void => {
    this.#slots.remove(entry);
    if (--this.#size === 0) this.#rest();
  };

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
    const due: Entry[] = [];
    while (this.#slots.nextTick() <= target) this.#slots.take(due);
    this.#slots.skipTo(target);
    due.sort((a, b) => a.due - b.due || a.order - b.order);
    for (const entry of due) this.#call(entry);
    this.#running = false;
    if (this.#size > 0) this.#arm(this.#slots.nextTick());
  };

  #call(entry: Entry): void {
    const run = entry.take();
    // Cancelled by a callback before it.
    if (run === undefined) return;
    this.#size--;
    try {
      run();
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

class Entry implements Timer, SlotEntry<Entry> {
  readonly due: number;
  readonly tick: number;
  readonly order: number;
  slot = -1;
  previous: Entry | undefined = undefined;
  next: Entry | undefined = undefined;
  /** Undefined once called or cancelled. */
  #run: (() => void) | undefined;
  readonly #cancelled: (entry: Entry) => void;

  constructor(due: number, tick: number, order: number, run: () => void, cancelled: (entry: Entry) => void) {
    this.due = due;
    this.tick = tick;
    this.order = order;
    this.#run = run;
    this.#cancelled = cancelled;
  }

  /** Whoever takes it calls it: this happens once. */
  take(): (() => void) | undefined {
    const run = this.#run;
    this.#run = undefined;
    return run;
  }

  cancel(): void {
    if (this.take() !== undefined) this.#cancelled(this);
  }
}
