import type { Session } from "../command/session-type.ts";
import { type CommonOptions, commonOptionNames } from "../common-options.ts";
import type { Identity } from "../crypto/identity.ts";
import type { CommandError } from "../errors/command-error.ts";
import type { EndReason } from "../errors/end-reason.ts";
import type { ReleasedSchema } from "../schema/released-schema.ts";
import type { CommandType, ServiceType } from "../schema/service-type.ts";
import type { SessionEnd } from "../session/session-end.ts";
import type { CustomListener } from "../transport/custom.ts";
import type { OriginOptions } from "../transport/origin.ts";
import type { TlsServerOptions } from "../transport/tls-options.ts";
import type { TrustProxyOptions } from "../transport/trusted-proxies.ts";
import type { AttachedServer } from "../transport/websocket-server.ts";
import type { Admit } from "./admission-types.ts";
import type { Audience, Broadcast, BroadcastOptions } from "./broadcast.ts";
import type { EntrancesInit, MoveToOptions, SetEntrancesOptions } from "./entrances.ts";
import type { DeprecatedUse } from "./schema/deprecated-uses.ts";
import type { MoveResult } from "./move.ts";
import { type DetachedOptions, detachedOptionNames } from "./detached-options.ts";
import type { DoorOptions } from "./door/door-options.ts";
import type { Group } from "./groups.ts";
import type { OverloadOptions } from "./overload.ts";

/** Connections that may be in their handshake at once. Each costs a few kilobytes and a Diffie-Hellman. */
export const DEFAULT_HALF_OPEN_CONNECTIONS = 4_096;

/** What `serve` takes. Times are in milliseconds. */
export interface ServeOptions<Data = unknown> extends CommonOptions<Data>, OriginOptions, DetachedOptions {
  /**
   * URLs such as `ws://[::]:7000` (port 0 takes any free one), `tcp://[::]:7001` or `unix:/run/game.sock`; `{ server: httpServer, path }` to
   * live beside Express or Fastify; or what takes connections that no URL names, such as `messagePortListener()`.
   */
  readonly listen: readonly (string | AttachedServer | CustomListener)[];
  /**
   * How many processes serve, on the same addresses (node:cluster): the one that calls `serve` starts them, each runs the same program, and starts another for one that
   * dies. In it, `serve` returns what ends all of them. A client's session lives in one of them, and goes on there whichever takes its next connection.
   * Default 1: this process serves.
   */
  readonly processes?: number | undefined;
  /** The certificate of `tls:` and `wss:` addresses. */
  readonly tls?: TlsServerOptions | undefined;
  /** Who may connect to a `unix:` address: the permissions of its file. Default 0o600. */
  readonly socketMode?: number | undefined;
  /** Who this server is: `loadIdentity(path)`. Not needed with `unsealed`. */
  readonly identity?: Identity | undefined;
  /**
   * Where clients find this server, told to each that connects: URLs, also of relays in front of it, or a list that `signEntrances` signed. Default: nothing
   * is told, and clients use the endpoints that they were configured with.
   */
  readonly entrances?: EntrancesInit | undefined;
  /**
   * Called when a client was let in, before any of its commands starts; while a returned promise is pending, none does. When it throws, the
   * session is closed.
   */
  readonly onSession?: ((session: Session<Data>) => void | Promise<void>) | undefined;
  /**
   * Decides who is let in, and as whom, from what the client shows: at connect and at every resume, before any command starts and before anything is
   * sent again, and when the client shows fresh credentials. Default: everybody, as whom the handshake proved.
   */
  readonly admit?: Admit | undefined;
  /** How long `admit` may take, in milliseconds; clients wait for 10,000 by default. Default 8,000. */
  readonly admitTimeoutMs?: number | undefined;
  /** Calls of `admit` that may be under way at once; clients beyond them are told to try again. Default 1,000. */
  readonly admissionsUnderWay?: number | undefined;
  /** Connections that may be in their handshake at once; beyond it each newcomer takes the place of one at random. Default 4,096. */
  readonly halfOpenConnections?: number | undefined;
  /** Proxies and relays in front of this server that tell where clients are. Default: nobody is believed. */
  readonly trustProxy?: TrustProxyOptions | undefined;
  /** What strangers may ask of this server before they have a session. Defaults: see {@link DoorOptions}. */
  readonly door?: DoorOptions | undefined;
  /**
   * How long a connected client may accept nothing while as much as `limits.outboxBytes` waits for it; then its session ends, SLOW_PEER. Until then
   * sends to it wait. Default 30,000.
   */
  readonly slowPeerTimeoutMs?: number | undefined;
  /**
   * Bytes that messages of all sessions may hold together whose end has not come, beyond 64 KiB of each. One for which there is no room fails
   * alone, with RESOURCE_EXHAUSTED. Default 256 MiB.
   */
  readonly unfinishedBytes?: number | undefined;
  /**
   * Releases whose clients are in the field, from the module that `zgen generate` writes of zgen.lock: what such clients have is known without asking.
   * Default: clients of other releases than the server's own describe their services, the first of each at least.
   */
  readonly releases?: readonly ReleasedSchema[] | undefined;
  /**
   * When to refuse new work for the sake of what is under way. While overloaded, new handshakes are refused (OVERLOADED) and new commands fail before
   * their handler (RESOURCE_EXHAUSTED, NOT_RUN, `retryAfterMs`), except those that the schema marks `critical`. One-ways run, volatile ones are dropped;
   * sessions and what runs in them go on. Default: never.
   */
  readonly overload?: OverloadOptions | undefined;
}

/** How long a client may accept nothing while its session's outbox is full. */
export const DEFAULT_SLOW_PEER_TIMEOUT_MS = 30_000;

/** What messages of all sessions may hold whose end has not come. */
export const DEFAULT_UNFINISHED_BYTES = 268_435_456;

/** What `server.status()` tells. */
export type ServerStatus<Data = unknown> =
  | { readonly type: "listening"; readonly endpoints: readonly string[] }
  | { readonly type: "session_opened"; readonly session: Session<Data> }
  | { readonly type: "session_ended"; readonly session: Session<Data>; readonly end: SessionEnd }
  /** A connection ended before it had a session. */
  | { readonly type: "connection_failed"; readonly peer: string; readonly reason: EndReason; readonly message: string }
  /** New work is refused from now on; see `ServeOptions.overload`. */
  | { readonly type: "overloaded" }
  /** New work is taken again. */
  | { readonly type: "recovered" }
  | { readonly type: "draining" }
  /** The last event. */
  | { readonly type: "closed" };

/** Counts since the server began. */
export interface ServerStats {
  /**
   * Who still calls commands that the schema marks `deprecated`. The first call of each command by each version of clients is also a line in the log. More than 1,024 of
   * them are counted as the version "others".
   */
  readonly deprecated: readonly DeprecatedUse[];
  /** With `processes`, what became of connections whose sessions are in other processes than the one that took them; else all are 0. */
  readonly handovers: HandoverStats;
}

/** Connections between the processes of a server. That of the process that started the others counts what went through it. */
export interface HandoverStats {
  /** Sockets that went over to other processes, since this one began. */
  readonly handedOver: number;
  /** Sockets that came over from other processes, since this one began; also those that came back, where there was no such process. */
  readonly takenOver: number;
  /** Connections that this process relays to others now, byte by byte, as it must over TLS: each costs it two descriptors. */
  readonly relayed: number;
}

/** A server that listens: what `serve` resolves to. */
export interface Server<Data = unknown> {
  /** URLs under which clients reach this server, real ports filled in. */
  readonly endpoints: readonly string[];
  /** What clients pass as `serverKey`; empty for a server that seals nothing. */
  readonly serverKey: string;
  /** The live sessions, in the order in which they began. */
  sessions(): IterableIterator<Session<Data>>;
  /**
   * Calls a one-way command of many clients: `server.broadcast(Player, room).heard(line)`. The message is encoded once; each session gets it in order with what
   * else is sent to it, when it is without a connection as soon as it goes on. Never waits: who has no room is left out, see `onFull`. The interceptors of this
   * side are not run. With `processes`, a group that has a name is its members in all of them; any other audience is of this process, and so is the result.
   *
   * @param audience looked at anew by each call; a session that occurs twice gets it twice. Default: all sessions
   */
  broadcast<Proxy, Commands>(
    service: ServiceType<Proxy, Commands>,
    audience?: Audience<Data>,
    options?: BroadcastOptions,
  ): Broadcast<Proxy, Commands>;
  /** A group of sessions: who asks for the same name gets the same members; without a name it is nobody else's. */
  group(name?: string): Group<Data>;
  /** Gives a reply that a handler parked with `defer()`, from anywhere. Rejects as `DeferredReply.reply` does. */
  reply<Q, QI, R, RI>(command: CommandType<Q, QI, R, RI, "unary", true>, token: string, reply: RI): Promise<void>;
  /** Fails a command whose reply a handler parked. */
  fail<Q, QI, R, RI>(command: CommandType<Q, QI, R, RI, "unary", true>, token: string, error: CommandError): Promise<void>;
  /** Tells all clients where they find this server from now on. Throws TypeError that says what is wrong with the list. */
  setEntrances(entrances: EntrancesInit, options?: SetEntrancesOptions): void;
  /**
   * As `setEntrances`, and asks the clients to go over to those entrances, one after the other over `overMs`. Each reaches the new entrance first and leaves the
   * old one then; no command is lost, none waits. A client that reaches no entrance of the list stays where it is, and goes on trying. Resolves when all have
   * gone over or ended, at the latest `waitMs` after the last was asked. A further call takes the place of one that is under way.
   */
  moveTo(entrances: EntrancesInit, options?: MoveToOptions): Promise<MoveResult>;
  /**
   * Ends all sessions of a principal with REVOKED, those without a connection too, and denies the admissions of it that are under way. Whoever is to stay
   * out must be denied by `admit` from now on. Returns how many sessions ended; with `processes` they end in all of them, and the number is this one's.
   */
  revoke(principal: string, message?: string): number;
  stats(): ServerStats;
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

/** The names of {@link ServeOptions}, for the check of unknown ones. */
export const serveOptionNames: readonly string[] = [
  ...commonOptionNames,
  "listen",
  "processes",
  "identity",
  "entrances",
  "onSession",
  "allowedOrigins",
  "allowedHosts",
  "admit",
  "admitTimeoutMs",
  "admissionsUnderWay",
  "halfOpenConnections",
  "door",
  "trustProxy",
  ...detachedOptionNames,
  "slowPeerTimeoutMs",
  "unfinishedBytes",
  "releases",
  "overload",
  "tls",
  "socketMode",
];
