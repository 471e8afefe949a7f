import type { Clock } from "../time/clock.ts";
import type { Endpoint } from "./endpoint.ts";
import type { MemoryNetwork } from "./memory-network.ts";
import type { Transport } from "./transport.ts";

export interface DialOptions {
  readonly clock: Clock;
  /** Aborting ends the attempt; the promise rejects with the signal's reason. How long to try is the caller's affair. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The IP address to connect to, where the endpoint's host was resolved before. The host stays what the Host header, SNI and certificate are
   * about. Default: the platform resolves the host; browsers always do.
   */
  readonly address?: string | undefined;
  /** Where `memory:` endpoints are. */
  readonly memory?: MemoryNetwork | undefined;
  /** Whether a WebSocket client in Node masks ciphertext with zeros. Default true; browsers always mask at random. */
  readonly zeroMask?: boolean | undefined;
}

/** Opens a transport to an endpoint. Node and browsers have one each, so that a page loads nothing of Node. */
export type Dial = (endpoint: Endpoint, options: DialOptions) => Promise<Transport>;

/** Dials a `memory:` endpoint, which any platform can. */
export async function dialMemory(endpoint: Endpoint & { readonly scheme: "memory" }, { memory, signal }: DialOptions): Promise<Transport> {
  signal?.throwIfAborted();
  if (memory === undefined) throw new TypeError(`${endpoint.url}: pass the \`memory\` network that the server listens on`);
  const transport = await memory.dial(endpoint.name);
  if (signal?.aborted) transport.destroy();
  signal?.throwIfAborted();
  return transport;
}
