import { ClientEntrances, type OnEntrances } from "./client/client-entrances.ts";
import { ClientDialer, type JudgeServerKey, type MakePlainChannel } from "./client/client-dialer.ts";
import type { Client } from "./client/client-peer.ts";
import { ClientSession } from "./client/client-session.ts";
import { type CredentialsProvider, CredentialsSource } from "./client/credentials.ts";
import { type CommonOptions, checkCounts, commonOptionNames } from "./common-options.ts";
import type { Identity } from "./crypto/identity.ts";
import type { CryptoProvider } from "./crypto/provider.ts";
import { parseServerKey } from "./crypto/key-string.ts";
import { selectCrypto } from "./crypto/select.ts";
import { type EndpointInit, parseEndpointList } from "./discovery/endpoint-list.ts";
import { Finder } from "./discovery/finder.ts";
import { type DiscoveryOptions, discoveryOptionNames } from "./discovery/options.ts";
import type { MakeResolution } from "./discovery/resolution.ts";
import type { TakeTurn } from "./discovery/search-turns.ts";
import type { DiscoveryStep, OnStep } from "./discovery/step.ts";
import { checkOptions } from "./errors/options.ts";
import { type MessagePlatform, SessionFactory } from "./session-factory.ts";
import type { Dial } from "./transport/dial.ts";
import type { Endpoint } from "./transport/endpoint.ts";
import type { TlsClientOptions } from "./transport/tls-options.ts";

export type { OnEntrances } from "./client/client-entrances.ts";
export type { JudgeServerKey } from "./client/client-dialer.ts";
export type { Client } from "./client/client-peer.ts";
export type { Credentials, CredentialsProvider, CredentialsRequest } from "./client/credentials.ts";

/** What an entry of the package knows of its platform. */
export interface ClientPlatform extends MessagePlatform {
  readonly crypto: () => CryptoProvider;
  readonly dial: Dial;
  /** Undefined where a process has few clients. */
  readonly takeTurn?: TakeTurn | undefined;
  /** Undefined where the platform resolves names by itself. */
  readonly resolution?: MakeResolution | undefined;
  /** Undefined where there is no server within the process, to which nothing need be sealed. */
  readonly plainChannel?: MakePlainChannel | undefined;
  /** What `dial` can dial. Default: everything. */
  readonly schemes?: ReadonlySet<Endpoint["scheme"]> | undefined;
}

/** What `connect` takes. Times are in milliseconds. */
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
  /**
   * The list of entrances that `onEntrances` was given at another run. It is tried first, and `endpoints` last. It is verified again, for which `serverKey`
   * must be a string; one that is not this server's is logged and not used.
   */
  readonly entrances?: string | undefined;
  /** Gets each newer list of entrances that the server sends, to keep it for the next run. */
  readonly onEntrances?: OnEntrances | undefined;
  /**
   * What the server's `admit` judges, or a function that gets it: it is called whenever the session begins, goes on over another connection, or its
   * admission is about to expire, and has `handshakeTimeoutMs` for it. Default: nothing, for servers that let everybody in or know clients by their keys.
   */
  readonly credentials?: CredentialsProvider | undefined;
  /** From the call to the open session, over all endpoints. Default 20,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Keys are renewed this long after their first use, or up to a quarter of it sooner. Default 120,000. */
  readonly rotateAfterMs?: number | undefined;
  /** Told each step of looking for a server, from the first on; once the session is open, `status()` tells them too. */
  readonly onStep?: OnStep | undefined;
  /** Gives up connecting; without effect once the session is open. */
  readonly signal?: AbortSignal | undefined;
  /** Node only: send WebSocket frames with a zero mask, since what they hold is ciphertext. Default true. */
  readonly zeroMask?: boolean | undefined;
  /** Node only: how certificates of `tls:` and `wss:` servers are judged. Default: by Node's own authorities. */
  readonly tls?: TlsClientOptions | undefined;
}

const optionNames = [
  ...commonOptionNames,
  ...discoveryOptionNames,
  "endpoints",
  "serverKey",
  "identity",
  "entrances",
  "onEntrances",
  "credentials",
  "connectTimeoutMs",
  "rotateAfterMs",
  "onStep",
  "signal",
  "zeroMask",
  "tls",
];
const DEFAULT_CONNECT_TIMEOUT_MS = 20_000;

/** Connects to the first endpoint that answers. Rejects with EndError, TypeError for impossible options. */
export async function connectOn<Data>(platform: ClientPlatform, options: ConnectOptions<Data>): Promise<Client<Data>> {
  checkOptions("connect", options, optionNames);
  if (options.handlers?.some(({ adapters }) => adapters.length > 0))
    throw new TypeError("connect: a client's handlers have no adapters, for servers judge what fits");
  checkCounts(options, ["connectTimeoutMs", "rotateAfterMs", ...discoveryOptionNames]);
  const { signal, connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS } = options;
  const factory = new SessionFactory("client", options, selectCrypto(options.crypto, platform.crypto), platform);
  const endpoints = parseEndpointList(options.endpoints);
  if (options.unsealed && (!platform.plainChannel || endpoints.some(({ endpoint }) => endpoint.scheme !== "memory")))
    throw new TypeError("connect: `unsealed` is for memory: endpoints, in Node; all else is sealed");
  const credentials = new CredentialsSource(options.credentials, factory.timers, factory.handshakeTimeoutMs);
  const dialer = makeDialer(platform, options, factory);
  const { timers, random } = factory;
  let session: ClientSession<Data> | undefined;
  const onStep: OnStep = (step) => {
    tellStep(options, factory, step);
    session?.step(step);
  };
  const { resolution, takeTurn } = platform;
  const finder = new Finder({ timers, ...options, random, endpoints, resolution, takeTurn, onStep });
  const entrances = makeEntrances(platform, options, factory, finder);
  signal?.throwIfAborted();
  session = new ClientSession(factory, { dialer, finder, anonymous: options.identity === undefined, credentials, entrances });
  return session.open(connectTimeoutMs, signal);
}

/** What an application's function throws must not end the search. */
function tellStep<Data>({ onStep }: ConnectOptions<Data>, { log }: SessionFactory<Data>, step: DiscoveryStep): void {
  try {
    onStep?.(step);
  } catch (error) {
    log({ level: "error", message: "onStep failed", error });
  }
}

function makeEntrances<Data>(
  { schemes }: ClientPlatform,
  { entrances: saved, onEntrances, serverKey }: ConnectOptions<Data>,
  { crypto, log }: SessionFactory<Data>,
  finder: Finder,
): ClientEntrances {
  const entrances = new ClientEntrances({ crypto, finder, log, schemes, onEntrances });
  if (saved === undefined) return entrances;
  if (typeof serverKey !== "string") throw new TypeError("connect: `entrances` needs the server's key as a string, to be verified with");
  entrances.restore(parseServerKey(crypto, serverKey).identity, saved);
  return entrances;
}

function makeDialer<Data>(
  { dial, plainChannel }: ClientPlatform,
  options: ConnectOptions<Data>,
  factory: SessionFactory<Data>,
): ClientDialer {
  const { crypto, random, clock, timers } = factory;
  const { serverKey, identity, unsealed = false, memory, zeroMask, tls, handshakeTimeoutMs, rotateAfterMs, rotateAfterBytes } = options;
  return new ClientDialer({
    dial,
    plainChannel: unsealed ? plainChannel : undefined,
    crypto,
    random,
    clock,
    timers,
    serverKey,
    identity,
    memory,
    zeroMask,
    tls,
    handshakeTimeoutMs,
    rotateAfterMs,
    rotateAfterBytes,
  });
}
