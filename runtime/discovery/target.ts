import type { Endpoint } from "../transport/endpoint.ts";
import { addressFamily } from "../transport/lookup.ts";

/** One thing to try: an endpoint, at one of the addresses that its name has. */
export interface DialTarget {
  readonly endpoint: Endpoint;
  /** IP address; undefined where the platform resolves names by itself, and where there is nothing to resolve. */
  readonly address: string | undefined;
  /** The endpoint's: lower is tried first. */
  readonly priority: number;
}

/** Opens a connection to a target, up to where the server is proven. Rejects with EndError when it cannot, with the signal's reason when aborted. */
export type Attempt<T> = (target: DialTarget, signal: AbortSignal) => Promise<T>;

/** By what a target is recognised when it comes up again. */
export function targetKey({ endpoint, address }: DialTarget): string {
  return address === undefined ? endpoint.url : `${endpoint.url} ${address}`;
}

export function targetFamily({ address }: DialTarget): 4 | 6 | undefined {
  return address === undefined ? undefined : addressFamily(address);
}
