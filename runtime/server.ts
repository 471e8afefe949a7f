import type { ChannelEvents, ChannelPeer } from "./channel/channel.ts";
import { ListenerChannel } from "./channel/listener-channel.ts";
import { PlainChannel } from "./channel/plain-channel.ts";
import type { ClientHello, Resume } from "../generated/zserver/protocol/v1/session.ts";
import type { Peer } from "./command/peer.ts";
import type { Session } from "./command/session-type.ts";
import { StatusFeed } from "./command/status.ts";
import { type CommonOptions, checkCounts, commonOptionNames } from "./common-options.ts";
import { encodeBase64url } from "./crypto/base64url.ts";
import { type Identity, serverKeyOf } from "./crypto/identity.ts";
import { formatServerKey } from "./crypto/key-string.ts";
import { nativeCrypto } from "./crypto/native.ts";
import { selectCrypto } from "./crypto/select.ts";
import { isSodiumInstalled, sodiumMissingNotice } from "./crypto/sodium.ts";
import type { CommandError } from "./errors/command-error.ts";
import type { EndReason } from "./errors/end-reason.ts";
import { checkOptions } from "./errors/options.ts";
import type { CommandType } from "./schema/service-type.ts";
import { Connection } from "./session/connection.ts";
import { limitsToWire } from "./session/limits.ts";
import type { SessionEnd } from "./session/session-end.ts";
import { ResumableSessions, type ResumeRefusal, sessionUnknown } from "./resumable-sessions.ts";
import { SessionFactory } from "./session-factory.ts";
import type { CustomListener } from "./transport/custom.ts";
import { listen } from "./transport/listen.ts";
import { type OriginOptions, originRules } from "./transport/origin.ts";
import type { TlsServerOptions } from "./transport/tls-options.ts";
import type { Listener, Transport } from "./transport/transport.ts";
import type { AttachedServer } from "./transport/websocket-server.ts";

/** Connections that may be in their handshake at once. Each costs a few kilobytes and a Diffie-Hellman; those beyond it are cut. */
const DEFAULT_HALF_OPEN_CONNECTIONS = 10_000;

/** Sessions that may wait for their clients at once. Each costs a few kilobytes and what it holds unacknowledged. */
const DEFAULT_DETACHED_SESSIONS = 100_000;
const DEFAULT_DETACHED_BYTES = 268_435_456;

export interface ServeOptions<Data = unknown> extends CommonOptions<Data>, OriginOptions {
  /**
   * URLs such as `ws://[::]:7000` (port 0 takes any free one), `tcp://[::]:7001` or `unix:/run/game.sock`; `{ server: httpServer, path }` to
   * live beside Express or Fastify; or what takes connections that no URL names, such as `messagePortListener()`.
   */
  readonly listen: readonly (string | AttachedServer | CustomListener)[];
  /** The certificate of `tls:` and `wss:` addresses. */
  readonly tls?: TlsServerOptions | undefined;
  /** Who may connect to a `unix:` address: the permissions of its file. Default 0o600. */
  readonly socketMode?: number | undefined;
  /** Who this server is: `loadIdentity(path)`. Not needed with `unsealed`. */
  readonly identity?: Identity | undefined;
  /**
   * Called when a client was let in, before any of its commands starts; while a returned promise is pending, none does. When it throws, the
   * session is closed.
   */
  readonly onSession?: ((session: Session<Data>) => void | Promise<void>) | undefined;
  /** Connections that may be in their handshake at once. Default 10,000. */
  readonly halfOpenConnections?: number | undefined;
  /** Sessions that may be without a connection at once; those beyond it end, the longest detached first. Default 100,000. */
  readonly detachedSessions?: number | undefined;
  /** Bytes that sessions without a connection may hold together. Default 256 MiB. */
  readonly detachedBytes?: number | undefined;
}

/** What `server.status()` tells. */
export type ServerStatus<Data = unknown> =
  | { readonly type: "listening"; readonly endpoints: readonly string[] }
  | { readonly type: "session_opened"; readonly session: Session<Data> }
  | { readonly type: "session_ended"; readonly session: Session<Data>; readonly end: SessionEnd }
  /** A connection ended before it had a session. */
  | { readonly type: "connection_failed"; readonly peer: string; readonly reason: EndReason; readonly message: string }
  | { readonly type: "draining" }
  /** The last event. */
  | { readonly type: "closed" };

export interface Server<Data = unknown> {
  /** URLs under which clients reach this server, real ports filled in. */
  readonly endpoints: readonly string[];
  /** What clients pass as `serverKey`; empty for a server that seals nothing. */
  readonly serverKey: string;
  /** The live sessions, in the order in which they began. */
  sessions(): IterableIterator<Session<Data>>;
  /** Gives a reply that a handler parked with `defer()`, from anywhere. Rejects as `DeferredReply.reply` does. */
  reply<Q, QI, R, RI>(command: CommandType<Q, QI, R, RI, "unary", true>, token: string, reply: RI): Promise<void>;
  /** Fails a command whose reply a handler parked. */
  fail<Q, QI, R, RI>(command: CommandType<Q, QI, R, RI, "unary", true>, token: string, error: CommandError): Promise<void>;
  /** How things stand, then every change, until the server is closed. */
  status(): AsyncIterableIterator<ServerStatus<Data>>;
  /**
   * Takes no new connections and no new commands, waits for the commands under way, then closes. Sessions that are without a connection, or lose
   * theirs meanwhile, end: nobody could be answered.
   */
  drain(): Promise<void>;
  /** Ends all sessions now. Resolves when nothing is left open. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const optionNames = [
  ...commonOptionNames,
  "listen",
  "identity",
  "onSession",
  "allowedOrigins",
  "allowedHosts",
  "halfOpenConnections",
  "detachedSessions",
  "detachedBytes",
  "tls",
  "socketMode",
];

/** Starts a server. Rejects with TypeError for impossible options, with the system's error when an address cannot be had. */
export async function serve<Data = unknown>(options: ServeOptions<Data>): Promise<Server<Data>> {
  checkOptions("serve", options, optionNames);
  const server = new RunningServer(options);
  await server.start();
  return server;
}

const goneAway: ResumeRefusal = { reason: "GOING_AWAY", message: "the server was closed" };

class RunningServer<Data> implements Server<Data> {
  readonly serverKey: string;
  readonly #options: ServeOptions<Data>;
  readonly #factory: SessionFactory<Data>;
  readonly #listeners: Listener[] = [];
  readonly #sessions: ResumableSessions<Data>;
  /** Every connection whose transport still exists. */
  readonly #connections = new Set<Connection>();
  /** Those without a session that was let in. */
  readonly #halfOpen = new Set<Connection>();
  readonly #feed: StatusFeed<ServerStatus<Data>>;
  #state: "open" | "draining" | "closing" | "closed" = "open";
  readonly #closed: Promise<void>;
  #resolveClosed!: (closing: Promise<void>) => void;
  #allReleased: () => void = () => {};

  constructor(options: ServeOptions<Data>) {
    this.#options = options;
    const { identity, unsealed } = options;
    checkCounts(options, ["halfOpenConnections", "detachedSessions", "detachedBytes"]);
    if (!Array.isArray(options.listen) || options.listen.length === 0)
      throw new TypeError('serve: `listen` is a list of at least one URL, for example ["ws://[::]:7000"]');
    if (identity === undefined && !unsealed)
      throw new TypeError("serve: `identity` is missing; `zgen keygen` makes one, `loadIdentity(path)` reads it");
    if (unsealed && options.listen.some((where) => typeof where !== "string" || !where.startsWith("memory:")))
      throw new TypeError("serve: `unsealed` is for memory: endpoints only; everything else is sealed");
    const crypto = selectCrypto(options.crypto, nativeCrypto);
    this.#factory = new SessionFactory("server", options, crypto);
    const { detachedSessions = DEFAULT_DETACHED_SESSIONS, detachedBytes = DEFAULT_DETACHED_BYTES } = options;
    this.#sessions = new ResumableSessions(crypto, detachedSessions, detachedBytes);
    this.serverKey = identity === undefined || unsealed ? "" : formatServerKey(crypto, serverKeyOf(identity));
    this.#feed = new StatusFeed(() => this.#now());
    this.#closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  get endpoints(): readonly string[] {
    return this.#listeners.flatMap((listener) => listener.endpoints);
  }

  async start(): Promise<void> {
    const { allowedOrigins, allowedHosts, memory, tls, socketMode } = this.#options;
    const origins = originRules({ allowedOrigins, allowedHosts });
    const accept = (transport: Transport): void => this.#accept(transport);
    const onError = (error: Error): void => this.#factory.log({ level: "error", message: "listening", error });
    try {
      for (const where of this.#options.listen)
        this.#listeners.push(await listen(where, { origins, accept, onError, memory, tls, socketMode }));
    } catch (error) {
      await this.close();
      throw error;
    }
    const native = this.#options.crypto === undefined && !this.#options.unsealed;
    if (native && !isSodiumInstalled()) this.#factory.log({ level: "warn", message: sodiumMissingNotice });
  }

  sessions(): IterableIterator<Session<Data>> {
    return this.#sessions.values();
  }

  reply(command: CommandType, token: string, reply: unknown): Promise<void> {
    return this.#factory.parked.reply(command, token, reply);
  }

  fail(command: CommandType, token: string, error: CommandError): Promise<void> {
    return this.#factory.parked.fail(command, token, error);
  }

  status(): AsyncIterableIterator<ServerStatus<Data>> {
    return this.#feed.subscribe();
  }

  async drain(): Promise<void> {
    if (this.#state === "open") {
      this.#state = "draining";
      this.#feed.emit({ type: "draining" });
    }
    const listeners = this.#stopListening();
    for (const session of [...this.#sessions.values()]) if (session.core.detached) this.#disconnected(session);
    await Promise.all(Array.from(this.#sessions.values(), (session) => session.drain()));
    await listeners;
    await this.close();
  }

  close(): Promise<void> {
    if (this.#state === "open" || this.#state === "draining") {
      this.#state = "closing";
      this.#resolveClosed(this.#shutDown());
    }
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #shutDown(): Promise<void> {
    const listeners = this.#stopListening();
    for (const connection of [...this.#halfOpen]) connection.destroy("GOING_AWAY", "the server was closed");
    for (const session of [...this.#sessions.values()]) session.end("GOING_AWAY", "the server was closed");
    await listeners;
    if (this.#connections.size > 0) {
      await new Promise<void>((resolve) => {
        this.#allReleased = resolve;
      });
    }
    this.#state = "closed";
    this.#feed.emit({ type: "closed" });
    this.#feed.end();
  }

  #now(): ServerStatus<Data> {
    if (this.#state === "open") return { type: "listening", endpoints: this.endpoints };
    return { type: this.#state === "closed" ? "closed" : "draining" };
  }

  async #stopListening(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.close()));
  }

  #accept(transport: Transport): void {
    const { halfOpenConnections = DEFAULT_HALF_OPEN_CONNECTIONS } = this.#options;
    if (this.#state !== "open" || this.#halfOpen.size >= halfOpenConnections) {
      transport.destroy();
      return;
    }
    let peer: Peer<Data> | undefined;
    const connection: Connection = new Connection(
      transport,
      (events) => this.#channel(events),
      {
        established: (channelPeer) => {
          peer = this.#factory.make(connection, channelPeer, true, {
            opened: (peer, hello) => {
              this.#halfOpen.delete(connection);
              this.#opened(peer, hello as ClientHello, channelPeer.remoteStatic);
            },
            resume: (stranger, request) => {
              peer = this.#resume(stranger, request, connection, channelPeer) ?? peer;
            },
            disconnected: (peer) => this.#disconnected(peer),
            kept: (peer) => this.#sessions.detached(peer),
            resumed: (peer) => this.#sessions.attached(peer),
            confirmed: (peer) => this.#sessions.confirmed(peer),
            ended: (peer, end) => this.#ended(peer, end, connection),
          });
          return peer.core;
        },
        failed: (reason, message) => {
          this.#halfOpen.delete(connection);
          this.#feed.emit({ type: "connection_failed", peer: transport.peer, reason, message });
        },
        renewing: () => {
          if (peer !== undefined) this.#sessions.renewing(peer);
        },
        rotated: (epoch) => {
          if (peer === undefined) return;
          // The dialler's last record under the old keys: it holds the new ones.
          this.#sessions.confirmed(peer);
          peer.rotated(epoch);
        },
        released: (connection) => {
          this.#halfOpen.delete(connection);
          this.#connections.delete(connection);
          if (this.#connections.size === 0) this.#allReleased();
        },
      },
      this.#factory.timers,
    );
    this.#connections.add(connection);
    this.#halfOpen.add(connection);
    connection.start();
  }

  /** Nobody comes back to a server that does not listen any more: its answers would reach nobody. */
  #disconnected(peer: Peer<Data>): void {
    if (this.#state === "open") this.#sessions.detached(peer);
    else peer.end("GOING_AWAY", "the server is shutting down");
  }

  /** The session that goes on over this connection; undefined when the client's wish is not granted. */
  #resume(stranger: Peer<Data>, request: Resume, connection: Connection, channelPeer: ChannelPeer): Peer<Data> | undefined {
    const claimed = this.#state === "closed" ? goneAway : this.#claim(request, connection, channelPeer);
    if ("reason" in claimed) {
      stranger.end(claimed.reason, claimed.message);
      return undefined;
    }
    stranger.core.giveWay();
    this.#halfOpen.delete(connection);
    claimed.moveTo(connection);
    claimed.core.resume(connection, Number(request.accepted[0] ?? 0n));
    return claimed;
  }

  /** Where nothing is retained, nothing can be sent again: no session goes on. */
  #claim(request: Resume, connection: Connection, channelPeer: ChannelPeer): Peer<Data> | ResumeRefusal {
    return this.#factory.retentionMs === 0 ? sessionUnknown : this.#sessions.claim(request, connection, channelPeer);
  }

  #channel(events: ChannelEvents): ListenerChannel | PlainChannel {
    const { crypto, random, timers } = this.#factory;
    const { handshakeTimeoutMs, rotateAfterBytes, identity } = this.#options;
    const common = { crypto, random, timers, handshakeTimeoutMs, limits: limitsToWire(this.#factory.limits) };
    if (this.#options.unsealed || identity === undefined) return new PlainChannel({ ...common, role: "listener" }, events);
    return new ListenerChannel({ ...common, rotateAfterBytes, staticKeys: identity.staticKeys }, events);
  }

  #opened(peer: Peer<Data>, hello: ClientHello, key: Uint8Array | undefined): void {
    if (key !== undefined && !hello.anonymous) peer.principal = { id: `x25519:${encodeBase64url(key)}`, key };
    if (this.#state !== "open") {
      peer.end("GOING_AWAY", "the server takes no new sessions");
      return;
    }
    this.#sessions.add(peer);
    peer.welcome();
    this.#feed.emit({ type: "session_opened", session: peer });
    if (this.#options.onSession === undefined) return;
    const release = peer.hold();
    this.#introduce(peer, this.#options.onSession).then(release, (error: unknown) => {
      this.#factory.log({ level: "error", message: "onSession failed; the session was closed", error });
      peer.end("CLOSED", "the server could not set the session up");
    });
  }

  async #introduce(peer: Peer<Data>, onSession: (session: Session<Data>) => void | Promise<void>): Promise<void> {
    await onSession(peer);
  }

  #ended(peer: Peer<Data>, end: SessionEnd, connection: Connection): void {
    this.#halfOpen.delete(connection);
    if (this.#sessions.delete(peer)) this.#feed.emit({ type: "session_ended", session: peer, end });
    else this.#feed.emit({ type: "connection_failed", peer: peer.peer, reason: end.reason, message: end.message });
  }
}
