import type { Schemas, SchemasInit } from "../../generated/zserver/protocol/v1/negotiation.ts";
import type { ClientHello, Resume, Resumed, Welcome } from "../../generated/zserver/protocol/v1/session.ts";
import type { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";
import type { ChannelPeer } from "../channel/channel.ts";
import { CommandError } from "../errors/command-error.ts";
import type { EndReason } from "../errors/end-reason.ts";
import { checkOptions } from "../errors/options.ts";
import type { Caller } from "../schema/caller.ts";
import { type CommandType, type ServiceType, serviceInfo } from "../schema/service-type.ts";
import type { Connection } from "../session/connection.ts";
import { type ControlType, FrameType } from "../session/frame.ts";
import { PartialFrame } from "../session/partial-frame.ts";
import { Priority } from "../session/priority.ts";
import { ProtocolError } from "../session/protocol-error.ts";
import { SessionCore } from "../session/session-core.ts";
import type { SessionEnd } from "../session/session-end.ts";
import type { ReplayedFrame, SessionHandler, WriteFrame } from "../session/session-options.ts";
import { type BatchBuilder, type BatchOptions, runBatch, type Settled } from "./batch.ts";
import { interceptMembers } from "./batch-interceptors.ts";
import type { MakePartial } from "./bounded-messages.ts";
import { type CallerHost, SessionCaller } from "./caller.ts";
import { sessionLost } from "./call-errors.ts";
import { ConnectionTotals, noTotals } from "./connection-totals.ts";
import { anonymousPrincipal, type Principal } from "./context.ts";
import { leadControl } from "./control-frames.ts";
import { Flushes, whenAccepted } from "./flushes.ts";
import type { CommandReceiver } from "./handler-side.ts";
import { Idle } from "./idle.ts";
import { InterceptedCaller } from "./intercepted-caller.ts";
import type { OutgoingClasses } from "./outgoing-class.ts";
import type { PeerCommon, PeerHooks, PeerOptions } from "./peer-options.ts";
import { sendAgain } from "./replay.ts";
import type { PeerSchema } from "./schema/peer-schema.ts";
import type { SessionSchemas } from "./schema/session-schemas.ts";
import type { LostOneWays } from "./sent-one-ways.ts";
import { type SessionScope, sessionScope } from "./session-scope.ts";
import { sessionStats } from "./session-stats.ts";
import { SessionStreams } from "./session-streams.ts";
import type { Session, SessionStats, SessionStatus } from "./session-type.ts";
import { StatusFeed } from "./status.ts";
import { eachOneWayFailed, oneWayFailed, present } from "./status-events.ts";

/** One end of a session with all its floors: what `Session` promises to applications. */
export class Peer<Data = unknown> implements Session<Data>, SessionHandler, CallerHost {
  readonly id: string;
  readonly core: SessionCore;
  readonly schemas: SessionSchemas;
  principal: Principal = anonymousPrincipal;
  data: Data = undefined as Data;
  #draining = false;
  #connection: Connection;
  /** Of its earlier connections; undefined while there were none. */
  #totals: ConnectionTotals | undefined;
  readonly #common: PeerCommon<Data>;
  readonly #hooks: PeerHooks<Data>;
  /** Until the session is open. */
  #channelPeer: ChannelPeer | undefined;
  /** Undefined until both sides have said hello. */
  #scope: SessionScope | undefined;
  #oneWaysFailed = 0;
  #end: SessionEnd | undefined;
  // Each is made when it is first needed: most sessions never need most of them.
  #feed: StatusFeed<SessionStatus> | undefined;
  #idle: Idle | undefined;
  #flushes: Flushes | undefined;
  #partials: MakePartial | undefined;
  #caller: SessionCaller | undefined;
  #proxyCaller: Caller | undefined;
  #receiver: CommandReceiver | undefined;
  #streams: SessionStreams | undefined;
  #closed: Promise<SessionEnd> | undefined;
  #resolveClosed: ((end: SessionEnd) => void) | undefined;

  constructor({ common, hooks, connection, channelPeer, id, hello }: PeerOptions<Data>) {
    this.#common = common;
    this.#hooks = hooks;
    this.id = id;
    this.#connection = connection;
    this.#channelPeer = channelPeer;
    this.schemas = hooks.schemas(this);
    this.core = new SessionCore(common, connection, this, hello);
  }

  get closed(): Promise<SessionEnd> {
    this.#closed ??= new Promise((resolve) => {
      this.#resolveClosed = resolve;
      if (this.#end !== undefined) resolve(this.#end);
    });
    return this.#closed;
  }

  partial(priority: Priority): PartialFrame {
    this.#partials ??= this.#common.boundMessages?.(this.#common, () => [this.#calls, this.#handles]) ?? (() => new PartialFrame());
    return this.#partials(priority);
  }

  get streams(): SessionStreams {
    this.#streams ??= new SessionStreams(this.#scope!, !this.core.detached);
    return this.#streams;
  }

  get peer(): string {
    return this.#connection.transport.peer;
  }

  get state(): "open" | "disconnected" | "draining" | "ended" {
    if (this.#end !== undefined) return "ended";
    if (this.#draining) return "draining";
    return this.core.detached ? "disconnected" : "open";
  }

  /** The connection that carries the session, or carried it last. */
  get connection(): Connection {
    return this.#connection;
  }

  /** From here on this connection carries the session. */
  moveTo(connection: Connection): void {
    this.#totals ??= new ConnectionTotals();
    this.#totals.add(this.#connection.channel.stats);
    this.#connection = connection;
    connection.carry(this.core);
  }

  get peerSchema(): PeerSchema {
    return this.schemas.peerSchema;
  }

  supports(command: CommandType): boolean {
    return this.schemas.supports(command);
  }

  /** The classes in which commands leave; undefined until both sides have said hello. */
  get outgoing(): OutgoingClasses | undefined {
    return this.#scope && this.#calls.classes;
  }

  /** Starts no handler until the returned function is called. */
  hold(): () => void {
    return this.#handles.hold();
  }

  use<Proxy, Commands>(service: ServiceType<Proxy, Commands>): Proxy {
    this.schemas.use(service);
    const { interceptors } = this.#common;
    this.#proxyCaller ??= interceptors.length === 0 ? this.#calls : new InterceptedCaller(this.#calls, this as Session, interceptors);
    return new service[serviceInfo].proxy(this.#proxyCaller);
  }

  batch<const Members extends readonly Promise<unknown>[]>(
    build: (batch: BatchBuilder) => Members,
    options: BatchOptions = {},
  ): Promise<Settled<Members>> {
    checkOptions("batch", options, ["stopOnError"]);
    const { interceptors } = this.#common;
    return runBatch(build, options, {
      check: (service) => this.schemas.use(service),
      submit: (command, request, callOptions, place) => this.#calls.submit(command, request, callOptions, place),
      intercept:
        interceptors.length === 0
          ? undefined
          : (members) => interceptMembers(members, this as Session, interceptors, (error) => this.oneWayFailed(error)),
    });
  }

  reply(command: CommandType, token: string, reply: unknown): Promise<void> {
    return this.#common.handlerSide.reply(command, token, reply);
  }

  fail(command: CommandType, token: string, error: CommandError): Promise<void> {
    return this.#common.handlerSide.fail(command, token, error);
  }

  flush(): Promise<void> {
    if (this.#end !== undefined) return Promise.reject(sessionLost(this.#end));
    this.#flushes ??= new Flushes();
    return this.#flushes.add(
      (done) => this.#calls.classes.whenPassed(() => whenAccepted(this.core, done)),
      () => sessionLost(this.#end!),
    );
  }

  barrier(): void {
    this.#caller?.classes.barrier();
  }

  async drain(): Promise<void> {
    if (this.#end === undefined && !this.#draining) {
      this.#draining = true;
      this.tell({ type: "draining" });
      this.#handles.draining = true;
      this.#calls.refuse(
        (command) => new CommandError("UNAVAILABLE", `${command}: this side is draining`, { outcome: "NOT_RUN", command }),
      );
    }
    this.#idle ??= new Idle(() => this.#end !== undefined || this.#calls.pending + this.#handles.pending === 0);
    await this.#idle.wait();
    if (this.#end === undefined) await this.flush().catch(() => {});
    this.core.close(this.#common.role === "server" ? "GOING_AWAY" : "CLOSED", "drained");
    await this.closed;
  }

  async close(message = ""): Promise<void> {
    this.core.close("CLOSED", message);
    await this.closed;
  }

  /** Ends the session with a reason of its owner's. */
  end(reason: EndReason, message: string): void {
    this.core.close(reason, message);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  status(): AsyncIterableIterator<SessionStatus> {
    this.#feed ??= new StatusFeed(() => this.#now(), this.#end !== undefined);
    return this.#feed.subscribe();
  }

  rotateKeys(): void {
    if (!this.core.detached) this.#connection.channel.rotate();
  }

  stats(): SessionStats {
    const carried = (this.#totals ?? noTotals).with(this.#connection.channel.stats);
    return sessionStats(this.#caller, this.#receiver, this.#oneWaysFailed, carried);
  }

  /** Sends a numbered frame that is about the session itself. */
  control(type: ControlType, body: (writer: Writer) => void): void {
    // Every session gets a ticket that can wait: it is not worth a class to each of them.
    body(this.core.begin(type, type === FrameType.TICKET ? Priority.NORMAL : Priority.CONTROL));
    this.core.end();
  }

  /** The connection has new keys. */
  rotated(epoch: number): void {
    this.tell({ type: "rotated", epoch });
  }

  /** Tells those who watch the session. */
  tell(event: SessionStatus): void {
    this.#feed?.emit(event);
  }

  /** Something came to an end; somebody may wait for that. */
  idle(): void {
    this.#idle?.check();
  }

  /** A one-way was not sent. */
  oneWayFailed(error: CommandError): void {
    this.tell(oneWayFailed(error, ++this.#oneWaysFailed));
  }

  /** The session ended, and nobody knows of these one-ways whether they were accepted. */
  oneWaysLost(lost: LostOneWays): void {
    this.#feed?.emitEach(eachOneWayFailed(lost, this.#oneWaysFailed));
    this.#oneWaysFailed += lost.count;
  }

  /** Calls the peer's commands. */
  get #calls(): SessionCaller {
    if (this.#caller === undefined) {
      this.#caller = new SessionCaller(this.#scope!);
      if (this.#end !== undefined) this.#caller.lost(this.#end);
    }
    return this.#caller;
  }

  /** Handles the peer's. */
  get #handles(): CommandReceiver {
    this.#receiver ??= this.#common.handlerSide.receiver(this.#scope!);
    return this.#receiver;
  }

  // What the session below asks of it.

  opened(hello: ClientHello | Welcome): void {
    const { role } = this.#common;
    const told = role === "client" ? this.#channelPeer!.limits : (hello as ClientHello).limits;
    this.#channelPeer = undefined;
    if (told === undefined) throw new ProtocolError("the peer did not say its limits");
    this.#scope = sessionScope(this, this.#common, told);
    this.#hooks.opened(this, hello);
  }

  frame(type: FrameType, body: Reader, size: number, priority: Priority): void {
    const receiver = this.#receiver ?? this.#handles;
    if (type === FrameType.REQUEST) receiver.request(body, size, priority);
    else if (type === FrameType.SEND) receiver.send(body, size, priority);
    else if (type === FrameType.SEND_VOLATILE) receiver.volatile(body, size, priority);
    else if (type === FrameType.VOID) receiver.skip(body, priority);
    else if (type === FrameType.BARRIER) receiver.barrier(body, priority);
    else if (type > FrameType.VOID) leadControl(this.#common.controls, type, this, body);
    else {
      const id = body.uintNumber();
      if ((type === FrameType.CANCEL || type === FrameType.END) && body.position !== body.end)
        throw new ProtocolError(`a frame of type ${type} has more in it than an id`);
      if (this.#isMine(id)) this.#calls.frame(type, id, body, size, priority);
      else if (type === FrameType.ITEM) receiver.item(id, body, size, priority);
      else if (type === FrameType.END) receiver.endOfItems(id, priority);
      else if (type === FrameType.CANCEL) receiver.cancel(id, priority);
      else throw new ProtocolError(`a frame of type ${type} for a command of the side that sent it`);
    }
  }

  credit(id: number, items: number, bytes: number, priority: Priority): void {
    if (id === 0 || this.#isMine(id)) this.#calls.credit(id, items, bytes, priority);
    else this.#handles.credit(id, items, bytes);
  }

  /** Commands that the client started have odd ids, those of the server even ones. */
  #isMine(id: number): boolean {
    return id % 2 === (this.#common.role === "client" ? 1 : 0);
  }

  ended(end: SessionEnd): void {
    this.#end = end;
    this.#caller?.lost(end);
    this.#receiver?.lost(() => sessionLost(end));
    if (this.#feed?.watched) this.#feed.emit(this.#now());
    this.#feed?.end();
    this.#flushes?.lost();
    this.schemas.stop();
    this.#idle?.check();
    this.#resolveClosed?.(end);
    this.#hooks.ended(this, end);
  }

  resumed(answer: Resumed | undefined): void {
    if (this.#streams !== undefined) this.#streams.connected = true;
    this.#handles.restate();
    this.#caller?.restate();
    this.schemas.resumed();
    this.tell({ type: "resumed" });
    this.#hooks.resumed(this, answer);
  }

  detached(reason: EndReason, message: string): void {
    if (this.#streams !== undefined) this.#streams.connected = false;
    this.tell({ type: "disconnected", reason, message });
    this.#hooks.disconnected(this, reason);
  }

  resume(request: Resume): void {
    this.#hooks.resume(this, request);
  }

  described(descriptions: Schemas): void {
    this.#hooks.described(this, descriptions);
  }

  describe(services: Uint8Array): SchemasInit {
    return this.#hooks.describe(this, services);
  }

  kept(): void {
    this.#hooks.kept(this);
  }

  confirmed(): void {
    this.#hooks.confirmed(this);
  }

  replay(frame: ReplayedFrame, write: WriteFrame): void {
    sendAgain(frame, write, this.#calls);
  }

  room(): void {
    this.#caller?.retry();
    this.#receiver?.retry();
    this.#streams?.retry();
  }

  get waiting(): boolean {
    return this.#caller?.waiting === true;
  }

  internalError(error: unknown): void {
    this.#common.incident("a frame of the peer met a bug of zserver; the session was closed", error);
  }

  #now(): SessionStatus {
    return present(this.state, this.#end, this.#oneWaysFailed);
  }
}
