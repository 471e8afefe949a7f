import type { ClientHello } from "../../generated/zserver/protocol/v1/session.ts";
import { boundMessages } from "../command/bounded-messages.ts";
import { makeCompression } from "../command/compression.ts";
import type { Peer } from "../command/peer.ts";
import type { Session } from "../command/session-type.ts";
import { StatusFeed } from "../command/status.ts";
import { checkCounts } from "../common-options.ts";
import { serverKeyOf } from "../crypto/identity.ts";
import { formatServerKey } from "../crypto/key-string.ts";
import { nativeCrypto } from "../crypto/native.ts";
import { selectCrypto } from "../crypto/select.ts";
import { isSodiumInstalled, sodiumMissingNotice } from "../crypto/sodium.ts";
import type { CommandError } from "../errors/command-error.ts";
import type { CommandType } from "../schema/service-type.ts";
import { FrameType } from "../session/frame.ts";
import type { SessionEnd } from "../session/session-end.ts";
import { UnfinishedBytes } from "../session/unfinished-bytes.ts";
import { SessionFactory } from "../session-factory.ts";
import { listen, loadListeners } from "../transport/listen.ts";
import { originRules } from "../transport/origin.ts";
import type { Listener } from "../transport/transport.ts";
import { TrustedProxies } from "../transport/trusted-proxies.ts";
import { Admissions, DEFAULT_ADMISSIONS_UNDER_WAY, DEFAULT_ADMIT_TIMEOUT_MS } from "./admissions.ts";
import { Arrivals, type ArrivalsHost } from "./arrivals.ts";
import { broadcastTo } from "./broadcast.ts";
import { type ConnectionsHost, ServerConnections } from "./connections.ts";
import { detachedBounds, detachedOptionNames } from "./detached-options.ts";
import { type Accept, Doorstep } from "./doorstep.ts";
import { type EntrancesInit, type MoveToOptions, ServerEntrances, type SetEntrancesOptions } from "./entrances.ts";
import { Expiries } from "./expiries.ts";
import { type Group, Groups } from "./groups.ts";
import type { MoveResult } from "./move.ts";
import { OverloadMonitor, type OverloadOptions } from "./overload.ts";
import { Renewals } from "./renewals.ts";
import type { MoveNotice, Notice } from "./processes/notice.ts";
import type { ServerProcess } from "./processes/server-process.ts";
import { broadcastHere } from "./processes/spread.ts";
import { ResumableSessions } from "./resumable-sessions.ts";
import { ServerSchemas } from "./schema/server-schemas.ts";
import type { ServerSessionSchemas } from "./schema/server-session-schemas.ts";
import {
  DEFAULT_UNFINISHED_BYTES,
  type HandoverStats,
  type ServeOptions,
  type Server,
  type ServerStats,
  type ServerStatus,
} from "./server-types.ts";
import type { Refusal } from "./verdict.ts";

const closed: Refusal = { reason: "GOING_AWAY", message: "the server was closed" };
const noHandovers: HandoverStats = { handedOver: 0, takenOver: 0, relayed: 0 };
const takesNobody: Refusal = { reason: "GOING_AWAY", message: "the server takes no new sessions" };

/** A server from its start to its end: what it listens on, its sessions, and how both end. */
export class RunningServer<Data> implements Server<Data> {
  readonly serverKey: string;
  readonly broadcast: Server<Data>["broadcast"] = (service, audience, options) =>
    broadcastTo(this.#sessions, service, audience, options, this.#process);
  readonly #options: ServeOptions<Data>;
  readonly #factory: SessionFactory<Data>;
  readonly #listeners: Listener[] = [];
  readonly #schemas: ServerSchemas;
  readonly #sessions: ResumableSessions<Data>;
  readonly #groups: Groups<Data>;
  readonly #admissions: Admissions<Data>;
  readonly #arrivals: Arrivals<Data>;
  readonly #renewals: Renewals<Data>;
  readonly #expiries: Expiries<Data>;
  readonly #connections: ServerConnections<Data>;
  readonly #entrances: ServerEntrances<Data>;
  readonly #feed: StatusFeed<ServerStatus<Data>>;
  readonly #overload: OverloadMonitor | undefined;
  readonly #process: ServerProcess | undefined;
  #state: "open" | "draining" | "closing" | "closed" = "open";
  readonly #closed: Promise<void>;
  #resolveClosed!: (closing: Promise<void>) => void;

  /** @param ownProcess this process as one of several of the server */
  constructor(options: ServeOptions<Data>, ownProcess?: ServerProcess) {
    this.#options = options;
    this.#process = ownProcess;
    const { identity, unsealed } = options;
    checkCounts(options, [
      "halfOpenConnections",
      ...detachedOptionNames,
      "slowPeerTimeoutMs",
      "unfinishedBytes",
      "admitTimeoutMs",
      "admissionsUnderWay",
    ]);
    if (!Array.isArray(options.listen) || options.listen.length === 0)
      throw new TypeError('serve: `listen` is a list of at least one URL, for example ["ws://[::]:7000"]');
    if (identity === undefined && !unsealed)
      throw new TypeError("serve: `identity` is missing; `zgen keygen` makes one, `loadIdentity(path)` reads it");
    if (unsealed && options.listen.some((where) => typeof where !== "string" || !where.startsWith("memory:")))
      throw new TypeError("serve: `unsealed` is for memory: endpoints only; everything else is sealed");
    const crypto = selectCrypto(options.crypto, nativeCrypto);
    const unfinished = new UnfinishedBytes(options.unfinishedBytes ?? DEFAULT_UNFINISHED_BYTES);
    this.#factory = new SessionFactory("server", options, crypto, { boundMessages: boundMessages(unfinished), makeCompression });
    const { handlers = [], releases = [] } = options;
    const adapters = handlers.flatMap((implementation) => implementation.adapters);
    const { services: own, log } = this.#factory;
    this.#schemas = new ServerSchemas({ own, hash: (bytes) => crypto.sha256(bytes), releases, adapters, log });
    this.#sessions = new ResumableSessions(crypto, {
      retains: this.#factory.retentionMs > 0,
      detached: detachedBounds(options),
      endOfTurn: (run) => this.#factory.clock.endOfTurn(run),
    });
    this.#groups = new Groups(this.#sessions);
    const { timers, incident } = this.#factory;
    this.#admissions = new Admissions({
      admit: options.admit,
      timeoutMs: options.admitTimeoutMs ?? DEFAULT_ADMIT_TIMEOUT_MS,
      max: options.admissionsUnderWay ?? DEFAULT_ADMISSIONS_UNDER_WAY,
      timers,
      wallNow: this.#wallNow,
      incident,
    });
    this.#expiries = new Expiries(timers, this.#wallNow);
    this.#renewals = new Renewals(this.#admissions, { wallNow: this.#wallNow, admitted: (peer) => this.#expiries.watch(peer) });
    this.#arrivals = new Arrivals(this.#admissions, this.#sessions, this.#arrivalsHost());
    this.serverKey = identity === undefined || unsealed ? "" : formatServerKey(crypto, serverKeyOf(identity));
    this.#entrances = this.#makeEntrances(options);
    this.#connections = new ServerConnections(options, this.#factory, this.#host());
    this.#feed = new StatusFeed(() => this.#now());
    this.#overload = this.#watchLoad(options.overload);
    this.#closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  get endpoints(): readonly string[] {
    return this.#listeners.flatMap((listener) => listener.endpoints);
  }

  async start(): Promise<void> {
    const { allowedOrigins, allowedHosts, memory, tls, socketMode, trustProxy } = this.#options;
    const { log } = this.#factory;
    const origins = originRules({ allowedOrigins, allowedHosts }, (message) => log({ level: "warn", message }));
    const { gate } = this.#connections;
    const proxies = trustProxy && new TrustedProxies(trustProxy);
    const onError = (error: Error): void => this.#factory.log({ level: "error", message: "listening", error });
    const doorstep = new Doorstep((transport, place) => this.#connections.accept(transport, place));
    try {
      const accept = await this.#acceptor(doorstep.accept, onError);
      await loadListeners(this.#options.listen);
      for (const where of this.#options.listen)
        this.#listeners.push(await listen(where, { origins, gate, proxies, accept, onError, memory, tls, socketMode }));
    } catch (error) {
      const closing = this.close();
      doorstep.open();
      await closing;
      throw error;
    }
    // A program that is told of a session has its server by then.
    if (doorstep.empty) doorstep.open();
    else this.#factory.clock.endOfTurn(() => doorstep.open());
    this.#process?.listening(this.endpoints, (notice) => this.#heard(notice));
    const native = this.#options.crypto === undefined && !this.#options.unsealed;
    if (native && !isSodiumInstalled()) this.#factory.log({ level: "warn", message: sodiumMissingNotice });
  }

  sessions(): IterableIterator<Session<Data>> {
    return this.#sessions.values();
  }

  group(name?: string): Group<Data> {
    return this.#groups.group(name);
  }

  reply(command: CommandType, token: string, reply: unknown): Promise<void> {
    return this.#factory.handlerSide.reply(command, token, reply);
  }

  fail(command: CommandType, token: string, error: CommandError): Promise<void> {
    return this.#factory.handlerSide.fail(command, token, error);
  }

  setEntrances(entrances: EntrancesInit, options?: SetEntrancesOptions): void {
    this.#entrances.set(entrances, options);
  }

  async moveTo(entrances: EntrancesInit, options?: MoveToOptions): Promise<MoveResult> {
    return this.#entrances.moveTo(entrances, options);
  }

  revoke(principal: string, message = ""): number {
    this.#process?.tell({ kind: "revoke", principal, message });
    return this.#revoke(principal, message);
  }

  #revoke(principal: string, message: string): number {
    this.#admissions.revoke(principal, message);
    const revoked = [...this.#arrivals.describing, ...this.#sessions.values()].filter((session) => session.principal.id === principal);
    for (const session of revoked) session.end("REVOKED", message);
    return revoked.length;
  }

  stats(): ServerStats {
    return { deprecated: this.#schemas.deprecated.all, handovers: this.#process?.handovers ?? noHandovers };
  }

  status(): AsyncIterableIterator<ServerStatus<Data>> {
    return this.#feed.subscribe();
  }

  async drain(): Promise<void> {
    if (this.#state === "open") {
      this.#state = "draining";
      this.#feed.emit({ type: "draining" });
      this.#arrivals.refuseNewcomers(takesNobody);
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
    this.#entrances.stop();
    this.#overload?.stop();
    const { reason, message } = closed;
    this.#connections.cutHalfOpen();
    for (const peer of [...this.#admissions.waiting, ...this.#arrivals.describing, ...this.#sessions.values()]) peer.end(reason, message);
    await listeners;
    await this.#connections.allReleased();
    this.#process?.leave();
    this.#state = "closed";
    this.#feed.emit({ type: "closed" });
    this.#feed.end();
  }

  /** Gets each connection that comes in; with several processes, to lead it to its own. */
  async #acceptor(accept: Accept, onError: (error: Error) => void): Promise<Accept> {
    if (this.#process === undefined) return accept;
    const { timers, handshakeTimeoutMs: timeoutMs } = this.#factory;
    const router = await this.#process.open({ timers, timeoutMs, gate: this.#connections.gate, accept }, onError);
    return (transport, place) => void router.enter(transport, place);
  }

  /** Another process of this server says what concerns all. Never rejects. */
  async #heard(notice: Notice): Promise<void> {
    if (notice.kind === "revoke") this.#revoke(notice.principal, notice.message);
    else if (notice.kind === "broadcast") broadcastHere(notice, this.#sessions, this.#groups, this.#factory);
    else if (notice.kind === "entrances") this.#entrances.follow(notice.list);
    else if (notice.kind === "move") this.#process!.tell({ kind: "moved", id: notice.id, result: await this.#follow(notice) });
    else if (notice.kind === "drain") await this.drain();
    else if (notice.kind === "close") await this.close();
  }

  /** Nobody moves where the program has given this process a newer list. */
  #follow({ list, options }: MoveNotice): Promise<MoveResult> {
    return this.moveTo(list, options).catch((error: unknown) => {
      this.#factory.log({ level: "error", message: "moveTo of the first process failed in this one", error });
      return { moved: 0, stayed: [...this.#sessions.values()].length };
    });
  }

  #watchLoad(options: OverloadOptions | undefined): OverloadMonitor | undefined {
    if (options === undefined) return undefined;
    return new OverloadMonitor(options, {
      timers: this.#factory.timers,
      memory: () => process.memoryUsage.rss(),
      changed: (overloaded) => this.#feed.emit({ type: overloaded ? "overloaded" : "recovered" }),
    });
  }

  #makeEntrances({ identity, unsealed, entrances }: ServeOptions<Data>): ServerEntrances<Data> {
    const { crypto, timers, clock } = this.#factory;
    const made = new ServerEntrances<Data>({
      crypto,
      identity: unsealed ? undefined : identity,
      timers,
      wallNow: () => clock.wallNow(),
      sessions: () => this.#sessions.values(),
    });
    // Of several processes the first one has the list, and tells each that begins what is true by then.
    if (entrances !== undefined && this.#process === undefined) made.set(entrances);
    return made;
  }

  #host(): ConnectionsHost<Data> {
    const sessions = this.#sessions;
    const owner = this;
    return {
      get accepting() {
        return owner.#state === "open";
      },
      get load() {
        return owner.#overload;
      },
      route: this.#process?.route,
      schemas: this.#schemas,
      controls: {
        [FrameType.CREDENTIALS]: (peer, body) => this.#renewals.show(peer, body),
        [FrameType.COMPARE]: (peer, body) => (peer.schemas as ServerSessionSchemas).compare(body),
      },
      hello: (peer, hello, key) => this.#arrivals.hello(peer, hello, key),
      described: (peer, descriptions) => this.#arrivals.described(peer, descriptions),
      resume: (claim) => this.#arrivals.resume(claim),
      failed: (peer, reason, message) => this.#feed.emit({ type: "connection_failed", peer, reason, message }),
      disconnected: (peer) => this.#disconnected(peer),
      kept: (peer) => sessions.detached(peer),
      resumed: (peer) => sessions.attached(peer),
      confirmed: (peer) => sessions.confirmed(peer),
      renewing: (peer) => sessions.renewing(peer),
      ended: (peer, end) => this.#ended(peer, end),
    };
  }

  #now(): ServerStatus<Data> {
    if (this.#state === "open") return { type: "listening", endpoints: this.endpoints };
    return { type: this.#state === "closed" ? "closed" : "draining" };
  }

  async #stopListening(): Promise<void> {
    await Promise.all([this.#process?.stopListening(), ...this.#listeners.map((listener) => listener.close())]);
  }

  /** Nobody comes back to a server that does not listen any more: its answers would reach nobody. */
  #disconnected(peer: Peer<Data>): void {
    if (this.#state === "open") this.#sessions.detached(peer);
    else peer.end("GOING_AWAY", "the server is shutting down");
  }

  #arrivalsHost(): ArrivalsHost<Data> {
    const owner = this;
    return {
      get closed() {
        return owner.#state === "open" ? undefined : takesNobody;
      },
      wallNow: this.#wallNow,
      begin: (peer) => this.#factory.begin(peer),
      admitted: (peer) => {
        this.#expiries.watch(peer);
        this.#renewals.resumed(peer);
      },
      opened: (peer, hello) => this.#opened(peer, hello),
      resumed: (peer, request) => {
        this.#connections.giveTicket(peer);
        this.#entrances.resumed(peer, request.entrancesVersion);
      },
    };
  }

  readonly #wallNow = (): number => this.#factory.clock.wallNow();

  #opened(peer: Peer<Data>, { entrancesVersion }: ClientHello): void {
    this.#entrances.tell(peer, entrancesVersion);
    this.#connections.giveTicket(peer);
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

  #ended(peer: Peer<Data>, end: SessionEnd): void {
    this.#groups.ended(peer);
    this.#entrances.ended(peer);
    this.#admissions.withdraw(peer, end.reason, end.message);
    this.#arrivals.gone(peer);
    this.#renewals.forget(peer);
    this.#expiries.forget(peer);
    if (this.#sessions.delete(peer)) this.#feed.emit({ type: "session_ended", session: peer, end });
    else this.#feed.emit({ type: "connection_failed", peer: peer.peer, reason: end.reason, message: end.message });
  }
}
