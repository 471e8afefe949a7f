import { toHex } from "./bytes/hex.ts";
import type { ChannelPeer } from "./channel/channel.ts";
import type { BoundMessages } from "./command/bounded-messages.ts";
import type { MakeCompression } from "./command/compression.ts";
import type { HandlerSide } from "./command/handler-side.ts";
import { consoleLog, type Log } from "./command/log.ts";
import type { Peer } from "./command/peer.ts";
import type { PeerCommon, PeerHooks, PeerOptions } from "./command/peer-options.ts";
import { refusingSide } from "./command/refusing-side.ts";
import type { Compression } from "./command/travelling.ts";
import { OwnServices } from "./command/schema/own-services.ts";
import { type CommonOptions, checkCounts, retentionOf, type SessionTimes, sessionTimes } from "./common-options.ts";
import type { CryptoProvider } from "./crypto/provider.ts";
import { type RandomSource, systemRandom } from "./crypto/random.ts";
import type { Connection } from "./session/connection.ts";
import { type Limits, resolveLimits } from "./session/limits.ts";
import type { HelloOptions } from "./session/session-options.ts";
import type { Clock } from "./time/clock.ts";
import { systemClock } from "./time/system-clock.ts";
import type { Timers } from "./time/timers.ts";
import { timersOf } from "./time/timers-of.ts";
import { AGENT } from "./version.ts";

/** The exporter label of a session's id; docs/PROTOCOL.md, "Session id". */
const SESSION_ID_LABEL = "zserver session id";
const SESSION_ID_BYTES = 16;

/** What servers and clients add to what their sessions have in common. */
export type RoleOptions<Data> = Pick<
  PeerCommon<Data>,
  "opening" | "controls" | "load" | "slowPeerTimeoutMs" | "route" | "sameLimits" | "probes"
>;

/** What a platform has for messages. */
export interface MessagePlatform {
  /** Undefined where messages in pieces have no bounds but their number and size. */
  readonly boundMessages?: BoundMessages | undefined;
  /** Undefined where messages travel as they are. */
  readonly makeCompression?: MakeCompression | undefined;
}

/** What one call of `serve` or `connect` decided for all its sessions, and the making of them. */
export class SessionFactory<Data> {
  readonly crypto: CryptoProvider;
  readonly random: RandomSource;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly limits: Limits;
  readonly handlerSide: HandlerSide;
  /** What it handles, names and uses. */
  readonly services: OwnServices;
  readonly log: Log;
  readonly retentionMs: number;
  readonly #role: "client" | "server";
  readonly #options: CommonOptions<Data>;
  /** Undefined where everything travels as it is. */
  readonly compression: Compression | undefined;
  readonly #boundMessages: BoundMessages | undefined;
  readonly #times: SessionTimes;

  /** Throws TypeError for impossible options. */
  constructor(role: "client" | "server", options: CommonOptions<Data>, crypto: CryptoProvider, platform: MessagePlatform) {
    this.#role = role;
    this.#boundMessages = platform.boundMessages;
    this.#options = options;
    this.crypto = crypto;
    this.random = options.random ?? systemRandom;
    this.clock = options.clock ?? systemClock;
    this.log = options.log ?? consoleLog;
    this.timers = timersOf(this.clock);
    const { handlers = [], services = [], interceptors = [] } = options;
    const limits = resolveLimits(options.limits);
    this.compression = platform.makeCompression?.(limits, handlers);
    this.limits = this.compression?.limits ?? limits;
    this.#times = sessionTimes(options);
    checkCounts(options, ["rotateAfterBytes"]);
    this.retentionMs = retentionOf(options.retentionMs);
    this.services = new OwnServices([...handlers.map(({ service }) => service), ...services]);
    this.handlerSide = (handlers[0]?.handlerSide ?? refusingSide)({
      side: role === "server" ? "SERVER" : "CLIENT",
      implementations: handlers,
      interceptors,
      mac: (key, data) => crypto.hmacSha256(key, data),
      key: () => this.random(32),
      wallNow: () => this.clock.wallNow(),
    });
  }

  get handshakeTimeoutMs(): number {
    return this.#times.handshakeTimeoutMs;
  }

  get livenessTimeoutMs(): number {
    return this.#times.livenessTimeoutMs;
  }

  /** What its sessions have in common. */
  common(role: RoleOptions<Data>): PeerCommon<Data> {
    const { clock, timers, limits, compression, handlerSide } = this;
    return {
      role: this.#role,
      handlerSide,
      interceptors: this.#options.interceptors ?? [],
      limits,
      compression,
      timers,
      endOfTurn: (run) => clock.endOfTurn(run),
      endOfCallback: clock.endOfCallback && ((run) => clock.endOfCallback!(run)),
      wallNow: () => clock.wallNow(),
      incident: this.incident,
      boundMessages: this.#boundMessages,
      agent: AGENT,
      retentionMs: this.retentionMs,
      ...this.#times,
      ...role,
    };
  }

  /** What a session is made of that lives on this connection first. */
  peerOptions(
    common: PeerCommon<Data>,
    connection: Connection,
    channelPeer: ChannelPeer,
    hello: HelloOptions | undefined,
    hooks: PeerHooks<Data>,
  ): PeerOptions<Data> {
    const id = toHex(connection.channel.exporter(SESSION_ID_LABEL).subarray(0, SESSION_ID_BYTES));
    return { common, connection, channelPeer, id, hello, hooks };
  }

  /** The session begins. False when the application's own function failed: it is over before that. */
  begin(peer: Peer<Data>): boolean {
    const { sessionData } = this.#options;
    if (sessionData === undefined) return true;
    try {
      peer.data = sessionData(peer);
      return true;
    } catch (error) {
      this.log({ level: "error", message: "sessionData failed; the session was closed", error });
      peer.end("CLOSED", "the other side could not set the session up");
      return false;
    }
  }

  /** Logs what a peer is not told. Returns the id by which both ends can speak of it. */
  readonly incident = (what: string, error: unknown): string => {
    const id = toHex(this.random(4));
    this.log({ level: "error", message: `${what} (incident ${id})`, error });
    return id;
  };
}
