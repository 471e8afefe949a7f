/** What the process of a client is asked to do for a time, over its one connection. */
export interface Task {
  /** `load`: calls that are due at a fixed rate, whether those before them were answered or not. */
  readonly kind: "calls" | "notes" | "load";
  /** How many call at the same time, each again when it has its answer; of `load`, how many calls may be open. */
  readonly callers: number;
  /** Calls a second that are due; of `load` only. */
  readonly rate?: number;
  readonly milliseconds: number;
}

/** What became of it. */
export interface Done {
  /** Calls that were answered, or notes that were sent. */
  readonly count: number;
  /** From the first to the last. */
  readonly milliseconds: number;
  /** Of calls: how long half of them took at most, and 99 of 100, in ms; of `load`, from when they were due. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of CPU time that the client's process used. */
  readonly cpu: number;
}

/** Asks either process to watch where its time goes, or for what it has seen (TimeByPhase). */
export interface Watch {
  readonly watch: "start" | "stop";
}

/** Asks the process of a server for its Usage, when it has read so many notes in all. */
export interface UsageAfter {
  readonly notes: number;
}
