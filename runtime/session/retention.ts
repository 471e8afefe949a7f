import type { Timer, Timers } from "../time/timers.ts";

/** How long a session may be without a connection, and how much of that is over. */
export class Retention {
  readonly #timers: Timers;
  #timer: Timer | undefined;
  /** Milliseconds; 0: the session ends with its connection. */
  ms = 0;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** The connection is gone. Another one that fails to take the session over does not begin the time anew. */
  begin(expired: () => void): void {
    this.#timer ??= this.#timers.after(this.ms, expired);
  }

  /** The session goes on over a connection, or is over. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
