import type { Clock } from "./clock.ts";
import { TimerWheel } from "./timer-wheel.ts";

const wheels = new WeakMap<Clock, TimerWheel>();

/** The one timer wheel of a clock: everything in a process that waits by the same clock shares it. */
export function timersOf(clock: Clock): TimerWheel {
  let wheel = wheels.get(clock);
  if (wheel === undefined) {
    wheel = new TimerWheel({ clock, onError: rethrow });
    wheels.set(clock, wheel);
  }
  return wheel;
}

/** What a timer's callback throws is a bug; it surfaces as an uncaught error, once the other timers had their turn. */
function rethrow(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
