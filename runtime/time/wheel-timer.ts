import type { SlotEntry } from "./wheel-slots.ts";

/** What a timer asks of the wheel in which it waits. */
export interface TimerHost {
  disarm(timer: WheelTimer): void;
}

/** A timer that its owner makes, or is: what waits for every command needs no object of its own. It may be started again once it has ended. */
export abstract class WheelTimer implements SlotEntry<WheelTimer> {
  /** On the timers' scale, from its start on. */
  due = 0;
  // The wheel's, while it waits there.
  tick = 0;
  order = 0;
  slot = -1;
  previous: WheelTimer | undefined;
  next: WheelTimer | undefined;
  host: TimerHost | undefined;

  /** The time is over. */
  abstract expire(): void;

  /** It does not wait any more. */
  disarm(): void {
    this.host?.disarm(this);
  }
}
