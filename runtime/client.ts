import { ClientDialer, type JudgeServerKey } from "./client/client-dialer.ts";
import { ClientSession } from "./client/client-session.ts";
import type { Session } from "./command/session-type.ts";
import { type CommonOptions, checkCounts, commonOptionNames } from "./common-options.ts";
import type { Identity } from "./crypto/identity.ts";
import type { CryptoProvider } from "./crypto/provider.ts";
import { selectCrypto } from "./crypto/select.ts";
import { type EndpointInit, parseEndpointList } from "./discovery/endpoint-list.ts";
import { Finder } from "./discovery/finder.ts";
import { type DiscoveryOptions, discoveryOptionNames } from "./discovery/options.ts";
import { checkOptions } from "./errors/options.ts";
import { SessionFactory } from "./session-factory.ts";
import type { Dial } from "./transport/dial.ts";
import type { Lookup } from "./transport/lookup.ts";
import type { TlsClientOptions } from "./transport/tls-options.ts";

export type { JudgeServerKey } from "./client/client-dialer.ts";

/** What an entry of the package knows of its platform. */
export interface ClientPlatform {
  readonly crypto: () => CryptoProvider;
  readonly dial: Dial;
  /** Undefined where the platform resolves names by itself. */
  readonly lookup?: Lookup | undefined;
}

export interface ConnectOptions<Data = unknown> extends CommonOptions<Data>, DiscoveryOptions {
  /** Where the server is: `ws://localhost:7000`, `messagePortEndpoint(…)`, or `{ url, priority }`; lower priorities are tried first. */
  readonly endpoints: readonly EndpointInit[];
  /**
   * The server's public key, as `zgen keygen` prints it; or a function that decides about the key that the server shows: it
   * is asked once for a key, and what it accepted is pinned for the life of the session.
   */
  readonly serverKey?: string | JudgeServerKey | undefined;
  /** This client's own key, by which the server knows it. Default: anonymous. */
  readonly identity?: Identity | undefined;
  /** From the call to the open session, over all endpoints. Default 20,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Keys are renewed this long after their first use. Default 120,000. */
  readonly rotateAfterMs?: number | undefined;
  /** Gives up connecting; without effect once the session is open. */
  readonly signal?: AbortSignal | undefined;
  /** Node only: send WebSocket frames with a zero mask, since what they hold is ciphertext. Default true. */
  readonly zeroMask?: boolean | undefined;
  /** Node only: how certificates of `tls:` and `wss:` servers are judged. Default: by Node's own authorities. */
  readonly tls?: TlsClientOptions | undefined;
}

/**
 * The client's end of its session: one object for as long as the session lives, over however many connections. A Node process stays alive until the
 * session ends, also while it looks for a connection: at most `retentionMs`.
 */
export interface Client<Data = unknown> extends Session<Data> {}

const optionNames = [
  ...commonOptionNames,
  ...discoveryOptionNames,
  "endpoints",
  "serverKey",
  "identity",
  "connectTimeoutMs",
  "rotateAfterMs",
  "signal",
  "zeroMask",
  "tls",
];
const DEFAULT_CONNECT_TIMEOUT_MS = 20_000;

/** Connects to the first endpoint that answers. Rejects with EndError, TypeError for impossible options. */
export async function connectOn<Data>(platform: ClientPlatform, options: ConnectOptions<Data>): Promise<Client<Data>> {
  checkOptions("connect", options, optionNames);
  checkCounts(options, ["connectTimeoutMs", "rotateAfterMs", ...discoveryOptionNames]);
  const { signal, connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS } = options;
  const factory = new SessionFactory("client", options, selectCrypto(options.crypto, platform.crypto));
  const endpoints = parseEndpointList(options.endpoints);
  if (options.unsealed && endpoints.some(({ endpoint }) => endpoint.scheme !== "memory"))
    throw new TypeError("connect: `unsealed` is for memory: endpoints only; everything else is sealed");
  const dialer = makeDialer(platform, options, factory);
  const { timers, random } = factory;
  const finder = new Finder({ ...discoveryOptionsOf(options), timers, random, endpoints, lookup: platform.lookup });
  signal?.throwIfAborted();
  return new ClientSession(factory, dialer, finder, options.identity === undefined).open(connectTimeoutMs, signal);
}

function makeDialer<Data>({ dial }: ClientPlatform, options: ConnectOptions<Data>, factory: SessionFactory<Data>): ClientDialer {
  const { crypto, random, clock, timers } = factory;
  const { serverKey, identity, unsealed = false, memory, zeroMask, tls, handshakeTimeoutMs, rotateAfterMs, rotateAfterBytes } = options;
  return new ClientDialer({
    dial,
    crypto,
    random,
    clock,
    timers,
    serverKey,
    identity,
    unsealed,
    memory,
    zeroMask,
    tls,
    handshakeTimeoutMs,
    rotateAfterMs,
    rotateAfterBytes,
  });
}

function discoveryOptionsOf(options: DiscoveryOptions): DiscoveryOptions {
  return Object.fromEntries(discoveryOptionNames.map((name) => [name, options[name]]));
}
