import type { WheelTimer } from "./wheel-timer.ts";

/** Deadlines for many users at the price of one timer: what sessions, handshakes and commands wait with. */
export interface Timers {
  /** Milliseconds on the clock's monotonic scale. */
  now(): number;
  /** Calls `run` once, no earlier than `delayMs` from now, and not much later than the wheel's tick after that. */
  after(delayMs: number, run: () => void): Timer;
  /** As {@link after}, for a timer that does not wait already. */
  start(timer: WheelTimer, delayMs: number): void;
}

/** A call that waits for its time. */
export interface Timer {
  /** Takes the call back; nothing happens when it was already made. */
  cancel(): void;
}
