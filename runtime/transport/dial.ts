import type { Clock } from "../time/clock.ts";
import type { Endpoint, MemoryEndpoint, OpaqueEndpoint } from "./endpoint.ts";
import type { MemoryNetwork } from "./memory-network.ts";
import type { TlsClientOptions } from "./tls-options.ts";
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
  /** How Node judges the certificates of `tls:` and `wss:` servers. */
  readonly tls?: TlsClientOptions | undefined;
}

/** Opens a transport to an endpoint. Node and browsers have one each, so that a page loads nothing of Node. */
export type Dial = (endpoint: Endpoint, options: DialOptions) => Promise<Transport>;

/** Dials a `memory:` endpoint, which any platform can. */
export function dialMemory(endpoint: MemoryEndpoint, { memory, signal }: DialOptions): Promise<Transport> {
  if (memory === undefined) throw new TypeError(`${endpoint.url}: pass the \`memory\` network that the server listens on`);
  return unlessAborted(() => memory.dial(endpoint.name), signal);
}

/** Dials an endpoint of the user's own making, and lets go of what comes too late. */
export function dialCustom(endpoint: OpaqueEndpoint, { clock, signal }: DialOptions): Promise<Transport> {
  return unlessAborted(() => endpoint.dial({ clock, signal }), signal);
}

async function unlessAborted(dial: () => Promise<Transport>, signal: AbortSignal | undefined): Promise<Transport> {
  signal?.throwIfAborted();
  const transport = await dial();
  if (signal?.aborted) transport.destroy();
  signal?.throwIfAborted();
  return transport;
}
