import type { PresentedServerKey } from "./channel/channel.ts";
import { DialerChannel } from "./channel/dialer-channel.ts";
import type { DialerOptions } from "./channel/options.ts";
import { PlainChannel } from "./channel/plain-channel.ts";
import type { Peer } from "./command/peer.ts";
import type { Session } from "./command/session-type.ts";
import { type CommonOptions, checkCounts, commonOptionNames } from "./common-options.ts";
import type { Identity } from "./crypto/identity.ts";
import { parseServerKey, type ServerKey } from "./crypto/key-string.ts";
import type { CryptoProvider } from "./crypto/provider.ts";
import { selectCrypto } from "./crypto/select.ts";
import { endReasons } from "./errors/end-reason.ts";
import { checkOptions } from "./errors/options.ts";
import { Connection } from "./session/connection.ts";
import { EndError } from "./session/session-end.ts";
import { SessionFactory } from "./session-factory.ts";
import type { CustomEndpoint } from "./transport/custom.ts";
import type { Dial } from "./transport/dial.ts";
import { type Endpoint, parseEndpoint } from "./transport/endpoint.ts";
import type { TlsClientOptions } from "./transport/tls-options.ts";
import type { Transport } from "./transport/transport.ts";

/** What an entry of the package knows of its platform. */
export interface ClientPlatform {
  readonly crypto: () => CryptoProvider;
  readonly dial: Dial;
}

/** A server's key is judged by the application: `serverKey` is the string that `zgen keygen` printed for it. */
export type JudgeServerKey = (serverKey: string) => boolean | Promise<boolean>;

export interface ConnectOptions<Data = unknown> extends CommonOptions<Data> {
  /** Where the server is, for example `ws://localhost:7000` or `messagePortEndpoint(…)`; tried in this order. */
  readonly endpoints: readonly (string | CustomEndpoint)[];
  /** The server's public key, as `zgen keygen` prints it; or a function that decides about the key that the server shows. */
  readonly serverKey?: string | JudgeServerKey | undefined;
  /** This client's own key, by which the server knows it. Default: anonymous. */
  readonly identity?: Identity | undefined;
  /** From the call to the open session, over all endpoints. Default 20,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Keys are renewed this long after their first use. Default 120,000. */
  readonly rotateAfterMs?: number | undefined;
  /** Gives up connecting. */
  readonly signal?: AbortSignal | undefined;
  /** Node only: send WebSocket frames with a zero mask, since what they hold is ciphertext. Default true. */
  readonly zeroMask?: boolean | undefined;
  /** Node only: how certificates of `tls:` and `wss:` servers are judged. Default: by Node's own authorities. */
  readonly tls?: TlsClientOptions | undefined;
}

/** The client's end of its session: one object for as long as the session lives. */
export interface Client<Data = unknown> extends Session<Data> {}

const optionNames = [
  ...commonOptionNames,
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
  const connector = new Connector<Data>(platform, options);
  return connector.connect();
}

class Connector<Data> {
  readonly #platform: ClientPlatform;
  readonly #options: ConnectOptions<Data>;
  readonly #factory: SessionFactory<Data>;
  readonly #endpoints: readonly Endpoint[];
  readonly #server: ServerKey | "judge" | undefined;

  constructor(platform: ClientPlatform, options: ConnectOptions<Data>) {
    this.#platform = platform;
    this.#options = options;
    const crypto = selectCrypto(options.crypto, platform.crypto);
    this.#factory = new SessionFactory("client", options, crypto);
    checkCounts(options, ["connectTimeoutMs", "rotateAfterMs"]);
    if (!Array.isArray(options.endpoints) || options.endpoints.length === 0)
      throw new TypeError('connect: `endpoints` is a list of at least one URL, for example ["ws://localhost:7000"]');
    this.#endpoints = options.endpoints.map((endpoint: string | CustomEndpoint) => parseEndpoint(endpoint));
    if (options.unsealed && this.#endpoints.some(({ scheme }) => scheme !== "memory"))
      throw new TypeError("connect: `unsealed` is for memory: endpoints only; everything else is sealed");
    this.#server = this.#pin();
  }

  async connect(): Promise<Client<Data>> {
    const { signal, connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS } = this.#options;
    signal?.throwIfAborted();
    const controller = new AbortController();
    const abort = (): void => controller.abort(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    const timeout = this.#factory.timers.after(connectTimeoutMs, () =>
      controller.abort(new EndError("CONNECT_TIMEOUT", `no session within ${connectTimeoutMs} ms (connectTimeoutMs)`)),
    );
    try {
      return await this.#tryAll(controller.signal);
    } finally {
      timeout.cancel();
      signal?.removeEventListener("abort", abort);
    }
  }

  async #tryAll(signal: AbortSignal): Promise<Peer<Data>> {
    let failure: unknown;
    for (const endpoint of this.#endpoints) {
      try {
        return await this.#attempt(endpoint, signal);
      } catch (error) {
        signal.throwIfAborted();
        // What no other endpoint of the same server would change.
        if (!(error instanceof EndError) || !endReasons[error.reason].retry) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  async #attempt(endpoint: Endpoint, signal: AbortSignal): Promise<Peer<Data>> {
    const { memory, zeroMask, tls } = this.#options;
    let transport: Transport;
    try {
      transport = await this.#platform.dial(endpoint, { clock: this.#factory.clock, signal, memory, zeroMask, tls });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof TypeError) throw error;
      throw new EndError("TRANSPORT_FAILED", `${endpoint.url}: ${error instanceof Error ? error.message : String(error)}`);
    }
    return new Promise<Peer<Data>>((resolve, reject) => {
      const connection = this.#connection(transport, resolve, reject);
      const abort = (): void => {
        reject(signal.reason);
        connection.destroy("CLOSED", "connecting was given up");
      };
      if (signal.aborted) return abort();
      signal.addEventListener("abort", abort, { once: true });
      connection.start();
    });
  }

  #connection(transport: Transport, resolve: (peer: Peer<Data>) => void, reject: (error: unknown) => void): Connection {
    let peer: Peer<Data> | undefined;
    const connection: Connection = new Connection(
      transport,
      (events) =>
        this.#options.unsealed ? new PlainChannel(this.#plainOptions(), events) : new DialerChannel(this.#dialerOptions(), events),
      {
        established: (channelPeer) => {
          const ended = (_peer: unknown, end: { readonly reason: EndError["reason"]; readonly message: string }): void =>
            reject(new EndError(end.reason, end.message));
          peer = this.#factory.make(connection, channelPeer, this.#options.identity === undefined, resolve, ended);
          return peer.core;
        },
        failed: (reason, message, retryAfterMs) => reject(new EndError(reason, message, retryAfterMs)),
        serverKey: (presented) => this.#judge(connection.channel as DialerChannel, presented, reject),
        rotated: (epoch) => peer?.rotated(epoch),
        released() {},
      },
      this.#factory.timers,
    );
    return connection;
  }

  async #judge(channel: DialerChannel, presented: PresentedServerKey, reject: (error: unknown) => void): Promise<void> {
    try {
      const judge = this.#options.serverKey as JudgeServerKey;
      if (await judge(presented.serverKey)) channel.acceptServerKey();
      else channel.refuseServerKey();
    } catch (error) {
      reject(error);
      channel.refuseServerKey();
    }
  }

  #pin(): ServerKey | "judge" | undefined {
    const { serverKey, unsealed } = this.#options;
    if (unsealed) return undefined;
    if (typeof serverKey === "function") return "judge";
    if (serverKey === undefined)
      throw new TypeError(
        "connect: `serverKey` is missing: the string that `zgen keygen` printed for the server, or a function that judges the key it shows",
      );
    return parseServerKey(this.#factory.crypto, serverKey);
  }

  #plainOptions(): ConstructorParameters<typeof PlainChannel>[0] {
    const { crypto, random, timers } = this.#factory;
    return { role: "dialer", crypto, random, timers, handshakeTimeoutMs: this.#options.handshakeTimeoutMs };
  }

  #dialerOptions(): DialerOptions {
    const { crypto, random, timers, clock } = this.#factory;
    const { handshakeTimeoutMs, rotateAfterMs, rotateAfterBytes, identity } = this.#options;
    return {
      crypto,
      random,
      timers,
      server: this.#server!,
      clientKey: identity?.staticKeys[0].pair,
      wallNow: () => clock.wallNow(),
      handshakeTimeoutMs,
      rotateAfterMs,
      rotateAfterBytes,
    };
  }
}
