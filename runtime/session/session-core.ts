import type { SchemasInit } from "../../generated/zserver/protocol/v1/negotiation.ts";
import { type Close, type Resumed, readClose, type Welcome } from "../../generated/zserver/protocol/v1/session.ts";
import type { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";
import { CommandError } from "../errors/command-error.ts";
import type { EndReason } from "../errors/end-reason.ts";
import type { Timer, Timers } from "../time/timers.ts";
import { Attachment } from "./attachment.ts";
import type { Carried } from "./connection.ts";
import { type ControlHost, takeControl } from "./control.ts";
import { type Counts, most } from "./counts.ts";
import { Flusher, type FlushHost } from "./flusher.ts";
import { FrameType, headerType, isKnown, isNumbered, isSequenced } from "./frame.ts";
import type { FramesHost } from "./frame-assembler.ts";
import { closeText, writeClientHello, writeClose, writeResumed, writeWelcome } from "./greetings.ts";
import { checkFrame } from "./legal-frame.ts";
import type { Limits } from "./limits.ts";
import type { Opening, OpeningHost } from "./opening.ts";
import { OutboxRoom, type OutboxRoomHost } from "./outbox-room.ts";
import { Outboxes } from "./outboxes.ts";
import { Owed } from "./owed.ts";
import { Priority } from "./priority.ts";
import { ProtocolError } from "./protocol-error.ts";
import type { ResumeAttempt } from "./resume-attempt.ts";
import { endByPeer, type SessionEnd } from "./session-end.ts";
import type { HelloOptions, ResumeRequest, SessionHandler, SessionLink, SessionOptions } from "./session-options.ts";
import { Succession, type SuccessionHost } from "./succession.ts";

// A constant of its own: every frame asks for it.
const { NORMAL } = Priority;

/**
 * One session over one connection after another: numbering, acknowledgement, credit, liveness, what is sent again, and the orderly end. Bytes and
 * time go in, frames come out; what the frames mean is the command floor's affair.
 */
export class SessionCore implements Carried, FlushHost, FramesHost, ControlHost, OutboxRoomHost, OpeningHost, SuccessionHost {
  readonly outboxes: Outboxes;
  readonly limits: Limits;
  readonly handler: SessionHandler;
  readonly timers: Timers;
  readonly options: SessionOptions;
  /** Acknowledgements and credit. */
  readonly owed: Owed;
  /** `detached`: without a connection. */
  #state: "opening" | "open" | "detached" | "ended" = "opening";
  #attachment: Attachment | undefined;
  /** How long it may be without a connection; 0: it ends with its connection. */
  #retentionMs = 0;
  /** Runs while it has none. A connection that fails to take the session over does not begin the time anew. */
  #expiry: Timer | undefined;
  /** What comes before the session is open; undefined from then on. */
  opening: Opening | undefined;
  /** RESUMED was sent, and nothing has come since. */
  #unconfirmed = false;
  /** Client: from its second connection on. */
  #succession: Succession | undefined;
  readonly flusher: Flusher;
  readonly room: OutboxRoom;

  /**
   * @param link the first connection
   * @param hello what a client says of itself; undefined at a server
   */
  constructor(options: SessionOptions, link: SessionLink, handler: SessionHandler, hello?: HelloOptions) {
    this.options = options;
    this.handler = handler;
    this.timers = options.timers;
    this.limits = options.limits;
    this.flusher = new Flusher(this);
    this.outboxes = new Outboxes(options.limits.outboxBytes, this.flusher);
    this.owed = new Owed(options.timers, this.flusher);
    this.room = new OutboxRoom(this);
    this.#attachment = this.#attach(link);
    this.opening = options.opening(this);
    if (hello !== undefined) this.write(FrameType.CLIENT_HELLO, (writer) => writeClientHello(writer, options, hello));
  }

  get ended(): boolean {
    return this.#state === "ended";
  }

  /** Whether the session waits for a connection. */
  get detached(): boolean {
    return this.#state === "detached";
  }

  /**
   * Server: lets the client in.
   *
   * @param expiresInMs for how long; 0: until further notice
   * @param schemas what is different here of the services that the client named
   */
  welcome(expiresInMs = 0, schemas?: SchemasInit): void {
    if (this.#state !== "opening" || !this.opening!.deciding) return;
    this.#begin();
    this.#watch();
    this.outboxes.greet();
    this.write(FrameType.WELCOME, (writer) => writeWelcome(writer, this.options, expiresInMs, schemas));
    this.#retain(this.options.retentionMs);
  }

  /** Server: gives its connection to the session that the client resumes. The handler is told nothing. */
  giveWay(): void {
    this.#state = "ended";
    this.#stop();
  }

  /**
   * Client: asks the server to go on over this connection. The one in use, if there still is one, is used until it does; `granted` is called then. One
   * attempt at a time.
   */
  requestResume(link: SessionLink, request: ResumeRequest, granted: () => void): ResumeAttempt {
    if (this.#attachment !== undefined) this.#attachment.contested = true;
    this.#succession ??= new Succession(this);
    return this.#succession.request(this.#attach(link), request, granted);
  }

  /**
   * Server: goes on over this connection, behind what the client accepted. An older connection is told and closed.
   *
   * @param expiresInMs as for {@link welcome}
   */
  resume(link: SessionLink, accepted: Counts, expiresInMs = 0): void {
    this.#detach()?.supersede(this.owed.counts, this.outboxes.normal.cut);
    this.#attachment = this.#attach(link);
    const behind = most(accepted, this.outboxes.accepted);
    this.#attachment.send(FrameType.RESUMED, (writer) => writeResumed(writer, this.owed.counts, behind, expiresInMs));
    this.#unconfirmed = true;
    try {
      this.goOn(behind);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Begins a frame of a class; see {@link Outboxes.begin}. A frame after the end goes nowhere. */
  begin(type: FrameType, priority: Priority = NORMAL): Writer {
    return this.outboxes.begin(type, priority);
  }

  end(): void {
    this.outboxes.end();
    this.#queued();
  }

  /** Sends a whole frame; see {@link Outbox.put}. After the end it goes nowhere. `atOnce`: it leaves before the end of the turn, if nothing waits for that. */
  put(frame: Uint8Array, priority: Priority, atOnce = false): void {
    const now = atOnce && this.flusher.hold();
    this.outboxes.put(frame, priority);
    this.#queued();
    if (now) this.flusher.flush();
  }

  #queued(): void {
    if (this.ended) this.outboxes.drop();
    this.room.used();
    this.#attachment?.expect();
    if (this.outboxes.early && this.#attachment?.link.writable) this.flusher.flush();
  }

  /** Bytes came from the peer, be they whole records or not. */
  heard(bytes = 0): void {
    this.flusher.read();
    this.#attachment?.heard(bytes);
  }

  /** One opened record. */
  receive(recordKind: number, plaintext: Uint8Array): void {
    const attachment = this.#attachment;
    if (attachment === undefined) return;
    try {
      // Made for each record: a quiet session keeps none.
      attachment.receive(recordKind, plaintext, (header, body, size) => this.frame(header, body, size));
      if (this.#state === "opening") this.opening!.recordRead(attachment.pendingBytes);
    } catch (error) {
      this.fail(error);
    }
  }

  /** The transport takes bytes again. */
  drained(): void {
    this.flusher.ifDue();
  }

  /** Something waits for the peer, be it in the outbox or for credit: from now on silence counts. */
  expect(): void {
    this.#attachment?.expect();
  }

  /** Pings the peer. `answered` is called when it answers over the same connection. */
  ping(answered: () => void): void {
    this.#attachment?.ping(answered);
  }

  /** Ends the session in an orderly way: tells the peer why and what was accepted, then closes the connection. */
  close(reason: EndReason, message: string, by: SessionEnd["by"] = "local"): void {
    if (this.#state === "ended") return;
    const [text, link] = [closeText(message), this.#attachment?.link];
    const write = (writer: Writer): void => writeClose(writer, reason, text, this.owed.counts);
    this.#succession?.withdraw(write);
    if (link !== undefined) {
      this.owed.write(this);
      this.write(FrameType.CLOSE, write);
      this.outboxes.flushAll(link, this.timers.now());
    }
    this.over({ reason, message: text, by, accepted: undefined });
    link?.close();
  }

  /** The connection ended without a closing frame: the session waits for another one, or ends where none will come. */
  connectionLost(reason: EndReason, message: string, link: SessionLink | undefined = this.#attachment?.link): void {
    if (this.#state === "ended" || link !== this.#attachment?.link) return;
    if (this.#retentionMs === 0) this.over({ reason, message, by: "connection", accepted: undefined });
    if (this.ended) return;
    this.#detach();
    this.#state = "detached";
    const over = `no connection for ${this.#retentionMs} ms (retentionMs)`;
    this.#expiry ??= this.timers.after(this.#retentionMs, () => this.close("SESSION_EXPIRED", over, "connection"));
    if (this.#succession?.expects(reason) !== true) this.handler.detached(reason, message);
    this.keep();
  }

  #begin(): void {
    this.#state = "open";
    this.opening = undefined;
  }

  // What the parts of a session ask of it.

  /** Where to; undefined while nothing can be sent. */
  get link(): SessionLink | undefined {
    return this.#attachment?.link;
  }

  keep(): void {
    this.flusher.done();
    if (this.ended || !this.outboxes.pending) return;
    this.outboxes.keep(this.timers.now());
    this.handler.kept();
  }

  pong(number: number): void {
    this.#attachment?.pong(number);
  }

  /** The peer is given its time to say what is to come now. */
  awaitPeer(): void {
    const { handshakeTimeoutMs } = this.options;
    const late = (): void => this.close("HANDSHAKE_TIMEOUT", `the peer did not introduce itself within ${handshakeTimeoutMs} ms`);
    this.#attachment!.awaitHello(handshakeTimeoutMs, late);
  }

  introduced(): void {
    this.#attachment!.introduced();
  }

  welcomed({ retentionMs }: Welcome): void {
    this.#begin();
    this.#watch();
    this.#retain(Math.min(this.options.retentionMs, retentionMs));
  }

  refuse(why: string): void {
    this.close("UNSUPPORTED_PROTOCOL", why);
  }

  replace(attachment: Attachment): void {
    this.#detach()?.link.close();
    this.#attachment = attachment;
  }

  slow(): void {
    this.close("SLOW_PEER", `nothing was accepted for ${this.options.slowPeerTimeoutMs} ms (slowPeerTimeoutMs)`);
  }

  /** One whole frame of the peer. False when nothing more is to come. */
  frame(header: number, body: Reader, size: number): boolean {
    const type = headerType(header) as FrameType;
    const { handler } = this;
    const { quiet, priority } = this.#attachment!;
    if (this.#unconfirmed) handler.confirmed();
    this.#unconfirmed = false;
    checkFrame(header, type, quiet, priority);
    if (this.#succession?.repeats(header, priority)) return true;
    if (!isKnown(type) && this.#state === "open") {
      if (isSequenced(header)) this.owed.accept(size, priority);
      return true;
    }
    if (type === FrameType.CLOSE) this.#onClose(readClose(body, body.end));
    else if (this.#state === "opening") this.opening!.frame(type, body);
    else if (isNumbered(type)) {
      // Counted first: a handler that ends the session at once has run, and the closing frame must not deny it.
      this.owed.accept(size, priority);
      handler.frame(type, body, size, priority);
    } else if (type === FrameType.SEND_VOLATILE) handler.frame(type, body, size, priority);
    else takeControl(type, body, this);
    return !this.ended;
  }

  #onClose(close: Close): void {
    const { link, contested } = this.#attachment!;
    const end = endByPeer(close, this.outboxes.accepted);
    // Whether its own attempt was granted or somebody else's, the next attempt will tell.
    if (end.reason === "SUPERSEDED" && contested) this.connectionLost(end.reason, end.message, link);
    else this.over(end);
    link.close();
  }

  /** The session goes on behind what the peer accepted: acknowledgements and credit are told anew, the rest is sent again. */
  goOn(accepted: Counts, answer?: Resumed): void {
    const { outboxes, handler, timers } = this;
    outboxes.goOn(accepted);
    this.#state = "open";
    this.#expiry?.cancel();
    this.#expiry = undefined;
    this.#watch();
    this.owed.restate();
    this.#attachment!.countAnew();
    handler.resumed(answer);
    const now = timers.now();
    outboxes.keep(now);
    outboxes.again(now, (frame, write) => handler.replay(frame, write));
    this.owed.write(this);
    outboxes.flush(this.#attachment!.link, now);
    this.flusher.done();
    this.#attachment?.expect();
    this.room.freed();
  }

  write(type: FrameType, body: (writer: Writer) => void): void {
    body(this.begin(type, this.outboxes.answers));
    this.outboxes.end();
  }

  /** From here on what is sent is kept until it is accepted, for as long as the session may be without a connection. */
  #retain(retentionMs: number): void {
    this.#retentionMs = retentionMs;
    if (retentionMs > 0) this.outboxes.keepAll();
  }

  fail(error: unknown): void {
    const illegal = error instanceof ProtocolError || CommandError.is(error);
    if (!illegal) this.handler.internalError(error);
    this.close("PROTOCOL_ERROR", illegal ? (error as Error).message : "an internal error stopped the session");
  }

  /** Whatever belongs to one connection begins anew; what was in pieces comes again as a whole. */
  #attach(link: SessionLink): Attachment {
    return new Attachment(link, this);
  }

  #detach(): Attachment | undefined {
    const former = this.#attachment;
    former?.stop();
    this.#attachment = undefined;
    this.outboxes.restart();
    this.room.detached();
    return former;
  }

  #watch(): void {
    this.room.attached();
    this.#attachment!.watch();
  }

  /** It has ended, and the peer need not be told. */
  over(end: SessionEnd): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#stop();
    this.handler.ended(end);
  }

  #stop(): void {
    this.#detach();
    this.#expiry?.cancel();
    this.outboxes.drop();
    this.owed.stop();
    this.flusher.done();
  }
}
