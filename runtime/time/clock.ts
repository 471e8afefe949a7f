/** The seam to time. Everything below the public surface gets its time from one of these, so that tests can own it. */
export interface Clock {
  /** Milliseconds on a monotonic scale with no meaning of its own. */
  now(): number;
  /** Milliseconds since 1970, for dates that other machines wrote. */
  wallNow(): number;
  /** Calls `wake` once, no earlier than `delayMs` from now. The returned function takes it back. Does not keep the process alive. */
  setTimer(delayMs: number, wake: () => void): () => void;
  /** Keeps the process alive until the returned function is called, where a process would end by itself. */
  keepAlive?(): () => void;
  /** Calls `run` once the work of the current turn of the event loop is done: what was sent in one turn leaves then, together. */
  endOfTurn(run: () => void): void;
  /**
   * Calls `run` once the present callback of the event loop is done with all that its promises do, which is sooner than {@link endOfTurn} where others follow it in
   * this turn. Undefined where the platform has no such moment.
   */
  endOfCallback?(run: () => void): void;
}
