/** What the process of a client is asked to do over its one connection. */
export interface BulkTask {
  /** Bytes of a chunk. */
  readonly chunk: number;
  /** How many chunks are poured; 0: none, and requests are made for `milliseconds`. */
  readonly chunks: number;
  /** Whether a small request is made now and then, one at a time, while that lasts. */
  readonly asking: boolean;
  /** How long requests are made where nothing is poured. */
  readonly milliseconds: number;
}

/** What became of it. */
export interface BulkDone {
  readonly milliseconds: number;
  /** How long 99 of 100 requests took at most, in ms; 0 without requests. */
  readonly p99: number;
  /** Microseconds of CPU time that the client's process used. */
  readonly cpu: number;
}
