import type { Timer, Timers } from "../time/timers.ts";

/** How long a session may be without a connection, and how much of that is over. */
export class Retention {
  readonly #timers: Timers;
  readonly #expired: () => void;
  #timer: Timer | undefined;
  /** Milliseconds; 0: the session ends with its connection. */
  ms = 0;

  constructor(timers: Timers, expired: () => void) {
    this.#timers = timers;
    this.#expired = expired;
  }

  /** The connection is gone. Another one that fails to take the session over does not begin the time anew. */
  begin(): void {
    this.#timer ??= this.#timers.after(this.ms, this.#expired);
  }

  /** The session goes on over a connection, or is over. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
