/** Where a server listens, as Node tells it. */
export interface BoundAddress {
  readonly address: string;
  readonly family: string;
  readonly port: number;
}

/**
 * What is asked of an http server of the user's own: those of node:http and node:https have it. Spelled out, so that a program without Node's
 * types can use all the rest.
 */
export interface HttpServer {
  on<Args extends unknown[]>(event: string, listener: (...args: Args) => void): unknown;
  off<Args extends unknown[]>(event: string, listener: (...args: Args) => void): unknown;
  listenerCount(event: string): number;
  /** Null until it listens; a path where it listens on a unix socket. */
  address(): BoundAddress | string | null;
}
