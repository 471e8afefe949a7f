/** What the process of a client is asked to do. `open`: connections that stay, each of which is called once. `connect`: connections that end when they are there. */
export type ConnectionsTask =
  | { readonly kind: "open"; readonly count: number }
  | { readonly kind: "connect"; readonly milliseconds: number };

/** What became of it. */
export interface ConnectionsDone {
  readonly count: number;
  readonly milliseconds: number;
  /** Microseconds of CPU time that the client's process used. */
  readonly cpu: number;
}
