import type { Timer, Timers } from "../time/timers.ts";

/** The part of the deadline after which a reader's progress is told, be it half a window or not: so a slow reader's peer knows that it reads. */
const RENEWAL = 1 / 4;

/** Ends a stream on which nothing passes. The time counts while the session has a connection. */
export class IdleDeadline {
  readonly #ms: number;
  readonly #timers: Timers;
  readonly #running: RunningDeadlines;
  readonly #expired: () => void;
  #timer: Timer | undefined;
  #movedAt = 0;
  #renewedAt = 0;

  constructor(ms: number, timers: Timers, running: RunningDeadlines, expired: () => void) {
    this.#ms = ms;
    this.#timers = timers;
    this.#running = running;
    this.#expired = expired;
  }

  /** From here on something has to pass. */
  start(): void {
    this.#running.add(this);
  }

  /** Something passed. */
  moved(): void {
    this.#movedAt = this.#timers.now();
  }

  /** The reader took an item. True when the peer should hear of it, for it has not for long. */
  took(): boolean {
    this.moved();
    if (this.#movedAt - this.#renewedAt < this.#ms * RENEWAL) return false;
    this.#renewedAt = this.#movedAt;
    return true;
  }

  /** There is a connection: the time begins. */
  resume(): void {
    this.moved();
    this.#arm(this.#ms);
  }

  pause(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  stop(): void {
    this.pause();
    this.#running.delete(this);
  }

  #arm(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#timers.after(delayMs, this.#judge);
  }

  // Not armed anew for each item: what passed meanwhile is seen here.
  readonly #judge = (): void => {
    this.#timer = undefined;
    const left = this.#movedAt + this.#ms - this.#timers.now();
    if (left > 0) this.#arm(left);
    else {
      this.stop();
      this.#expired();
    }
  };
}

/** The idle deadlines of a session that count. */
export class RunningDeadlines {
  readonly #deadlines = new Set<IdleDeadline>();
  #connected: boolean;

  constructor(connected: boolean) {
    this.#connected = connected;
  }

  add(deadline: IdleDeadline): void {
    this.#deadlines.add(deadline);
    if (this.#connected) deadline.resume();
  }

  delete(deadline: IdleDeadline): void {
    this.#deadlines.delete(deadline);
  }

  /** The session has a connection, or has none any more. */
  set connected(connected: boolean) {
    if (connected === this.#connected) return;
    this.#connected = connected;
    for (const deadline of this.#deadlines) {
      if (connected) deadline.resume();
      else deadline.pause();
    }
  }
}
