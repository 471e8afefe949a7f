/** What the process of a client is asked to do for a time, over its one connection. */
export interface Task {
  readonly kind: "calls" | "notes";
  /** How many call at the same time, each again when it has its answer. */
  readonly callers: number;
  readonly milliseconds: number;
}

/** What became of it. */
export interface Done {
  /** Calls that were answered, or notes that were sent. */
  readonly count: number;
  /** From the first to the last. */
  readonly milliseconds: number;
  /** Of calls: how long half of them took at most, and 99 of 100, in ms. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of CPU time that the client's process used. */
  readonly cpu: number;
}

/** Asks the process of a server for its Usage, when it has read so many notes in all. */
export interface UsageAfter {
  readonly notes: number;
}
