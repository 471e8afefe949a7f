import { ClientHello, Close, Resume, Resumed, Welcome } from "../../generated/zserver/protocol/v1/session.ts";
import { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";
import { RecordKind } from "../channel/channel.ts";
import { CommandError } from "../errors/command-error.ts";
import { type EndReason, endReasons } from "../errors/end-reason.ts";
import { Attachment, type LifeHost } from "./attachment.ts";
import { readCredit, readNumber } from "./control-body.ts";
import { FrameType, headerType, isKnown, isNumbered, isSequenced, maxBodyBytes } from "./frame.ts";
import { closeText, PROTOCOL_VERSION, writeClientHello, writeClose, writeResume, writeWelcome } from "./greetings.ts";
import { checkFrame } from "./legal-frame.ts";
import type { Limits } from "./limits.ts";
import { Outbox } from "./outbox.ts";
import { Owed } from "./owed.ts";
import { ProtocolError } from "./protocol-error.ts";
import { ReplayBuffer } from "./replay-buffer.ts";
import { Retention } from "./retention.ts";
import { sendAgain } from "./send-again.ts";
import { endByPeer, type SessionEnd } from "./session-end.ts";
import type { ResumeRequest, SessionLink, SessionOptions } from "./session-options.ts";

/**
 * One session over one connection after another: numbering, acknowledgement, credit, liveness, what is sent again, and the orderly end. Bytes and
 * time go in, frames come out; what the frames mean is the command floor's affair.
 */
export class Session {
  readonly outbox: Outbox;
  readonly limits: Limits;
  readonly #options: SessionOptions;
  /** Acknowledgements and credit. */
  readonly owed: Owed;
  /** `opening`: the first hello is awaited. `detached`: without a connection. `resuming`: a client awaits RESUMED. */
  #state: "opening" | "open" | "detached" | "resuming" | "ended" = "opening";
  #attachment: Attachment | undefined;
  readonly #retention: Retention;
  #replay: ReplayBuffer | undefined;
  /** Server: the client's RESUME, while its record is read. */
  #wish: Resume | undefined;
  /** RESUMED was sent, and nothing has come since. */
  #unconfirmed = false;
  readonly #answered: (() => void)[] = [];
  #flushDue = false;
  #hadRoom = true;
  #skipped = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.limits = options.limits;
    this.outbox = new Outbox(options.limits.outboxBytes, this.#schedule);
    this.owed = new Owed(options.timers, this.#schedule);
    this.#retention = new Retention(options.timers, this.#expire);
    const message = `the peer did not introduce itself within ${options.handshakeTimeoutMs} ms`;
    this.#attach(options.link, () => this.close("HANDSHAKE_TIMEOUT", message));
    if (options.role === "client") this.#write(FrameType.CLIENT_HELLO, (writer) => writeClientHello(writer, options));
  }

  get ended(): boolean {
    return this.#state === "ended";
  }

  /** Whether the session waits for a connection, or for its peer to go on over one. */
  get detached(): boolean {
    return this.#state === "detached" || this.#state === "resuming";
  }

  /** Ignorable frames of unknown types that were skipped. */
  get skippedFrames(): number {
    return this.#skipped;
  }

  /** Server: admits the client. */
  welcome(): void {
    if (this.#state === "ended") return;
    this.#write(FrameType.WELCOME, (writer) => writeWelcome(writer, this.#options));
    this.#retain(this.#options.retentionMs);
  }

  /** Server: gives its connection to the session that the client resumes. The handler is told nothing. */
  giveWay(): void {
    this.#state = "ended";
    this.#stop();
  }

  /** Client: asks the server to go on over this connection. Resolves when that is settled: it does, the connection is lost too, or the session ends. */
  requestResume(link: SessionLink, request: ResumeRequest): Promise<void> {
    const expired = (): void => {
      this.connectionLost("HANDSHAKE_TIMEOUT", "the server did not answer in time", link);
      link.close();
    };
    const attachment = this.#attach(link, expired);
    this.#state = "resuming";
    attachment.send(FrameType.RESUME, (writer) => writeResume(writer, request, this.owed.acks.accepted));
    return new Promise((resolve) => this.#answered.push(resolve));
  }

  /** Server: goes on over this connection, behind what the client accepted. An older connection is told and closed. */
  resume(link: SessionLink, accepted: number): void {
    const older = this.#attachment;
    this.#detach();
    older?.send(FrameType.CLOSE, (writer) => writeClose(writer, "SUPERSEDED", "", this.owed.acks.accepted));
    older?.link.close();
    const attachment = this.#attach(link, () => {});
    attachment.send(FrameType.RESUMED, (writer) => Resumed.write(writer, { accepted: [BigInt(this.owed.acks.accepted)] }));
    this.#unconfirmed = true;
    try {
      this.#goOn(accepted);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Begins a command frame; see {@link Outbox.begin}. A frame after the end goes nowhere. */
  begin(type: FrameType): Writer {
    return this.outbox.begin(type);
  }

  end(): void {
    this.outbox.end();
    if (this.ended) this.outbox.drop();
    this.#hadRoom = this.outbox.room;
    this.#attachment?.expect();
  }

  /** Bytes came from the peer, be they whole records or not. */
  heard(bytes = 0): void {
    this.#attachment?.heard(bytes);
  }

  /** One opened record. */
  receive(recordKind: number, plaintext: Uint8Array): void {
    const attachment = this.#attachment;
    if (attachment === undefined) return;
    try {
      if (recordKind !== RecordKind.NORMAL && recordKind !== RecordKind.QUIET) throw new ProtocolError(`unknown record kind ${recordKind}`);
      attachment.quiet = recordKind === RecordKind.QUIET;
      attachment.frames.push(plaintext, this.#onFrame);
      attachment.read();
      this.#hearWish(attachment);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Server: the client's wish to resume is granted once it is certain that nothing comes behind it in its record. */
  #hearWish({ frames }: Attachment): void {
    const wish = this.#wish;
    if (wish === undefined || this.ended) return;
    this.#wish = undefined;
    if (frames.pendingBytes > 0) throw new ProtocolError("something follows RESUME in its record");
    this.#options.handler.resume(wish);
  }

  /** The transport takes bytes again. */
  drained(): void {
    if (this.#flushDue) this.flush();
  }

  /** Sends what this turn collected; what has no connection is kept for one. */
  flush(): void {
    const link = this.#state === "resuming" ? undefined : this.#attachment?.link;
    // Until all is written: what is owed is part of this flush, not a reason for another.
    this.#flushDue = link !== undefined;
    if (link === undefined) this.#keep();
    else if (link.writable) {
      this.owed.write(this.#write);
      this.#flushDue = false;
      this.outbox.flush(link, this.#options.timers.now());
    }
  }

  /** Ends the session in an orderly way: tells the peer why and what was accepted, then closes the connection. */
  close(reason: EndReason, message: string, by: SessionEnd["by"] = "local"): void {
    if (this.#state === "ended") return;
    const text = closeText(message);
    const link = this.#attachment?.link;
    const write = (writer: Writer): void => writeClose(writer, reason, text, this.owed.acks.accepted);
    if (this.#state === "resuming") this.#attachment?.send(FrameType.CLOSE, write);
    else if (link !== undefined) {
      this.owed.write(this.#write);
      this.#write(FrameType.CLOSE, write);
      this.outbox.flush(link);
    }
    this.#end({ reason, message: text, by, accepted: undefined });
    link?.close();
  }

  /** The connection ended without a closing frame: the session waits for another one, or ends where none will come. */
  connectionLost(reason: EndReason, message: string, link: SessionLink | undefined = this.#attachment?.link): void {
    if (this.#state === "ended" || link !== this.#attachment?.link) return;
    if (this.#state === "opening" || this.#retention.ms === 0) this.#end({ reason, message, by: "connection", accepted: undefined });
    if (this.ended) return;
    this.#detach();
    this.#state = "detached";
    this.#retention.begin();
    this.#options.handler.detached(reason, message);
    this.#keep();
  }

  #keep(): void {
    this.#flushDue = false;
    if (this.ended || !this.outbox.pending) return;
    this.outbox.keep(this.#options.timers.now());
    this.#options.handler.kept();
  }

  readonly #schedule = (): void => {
    if (this.#flushDue) return;
    this.#flushDue = true;
    this.#options.endOfTurn(this.#flushTurn);
  };

  readonly #flushTurn = (): void => {
    if (this.#flushDue) this.flush();
  };

  readonly #onFrame = (header: number, bytes: Uint8Array, start: number, end: number): boolean => {
    const type = headerType(header) as FrameType;
    const { handler } = this.#options;
    if (this.#unconfirmed) {
      this.#unconfirmed = false;
      handler.confirmed();
    }
    checkFrame(header, type, this.#attachment!.quiet);
    if (!isKnown(type) && this.#state === "open") {
      this.#skipped++;
      if (isSequenced(header)) this.owed.acks.accept(end - start);
      return true;
    }
    const body = new Reader(bytes, start, end, this.limits.decodeElements);
    if (type === FrameType.CLOSE) this.#onClose(Close.read(body, body.end));
    else if (this.#state === "opening") this.#onHello(type, body);
    else if (this.#state === "resuming") this.#onResumed(type, body);
    else if (isNumbered(type)) {
      // Counted first: a handler that ends the session at once has run, and the closing frame must not deny it.
      this.owed.acks.accept(end - start);
      handler.frame(type, body, end - start);
    } else if (type === FrameType.SEND_VOLATILE) handler.frame(type, body, end - start);
    else this.#onControl(type, body);
    return !this.ended;
  };

  #onHello(type: FrameType, body: Reader): void {
    const { role, handler, retentionMs } = this.#options;
    if (this.#wish !== undefined) throw new ProtocolError("something follows RESUME in its record");
    if (type === FrameType.RESUME && role === "server") {
      this.#wish = Resume.read(body, body.end);
      return;
    }
    const expected = role === "server" ? FrameType.CLIENT_HELLO : FrameType.WELCOME;
    if (type !== expected) throw new ProtocolError(`the first frame is of type ${type}, not ${expected}`);
    const hello = role === "server" ? ClientHello.read(body, body.end) : Welcome.read(body, body.end);
    this.#state = "open";
    this.#watch();
    if ("retentionMs" in hello) this.#retain(Math.min(retentionMs, hello.retentionMs));
    if (hello.protocol === PROTOCOL_VERSION) handler.opened(hello);
    else {
      const message = `the peer speaks version ${hello.protocol} of the protocol, this side version ${PROTOCOL_VERSION}`;
      this.close("UNSUPPORTED_PROTOCOL", message);
    }
  }

  #onResumed(type: FrameType, body: Reader): void {
    if (type !== FrameType.RESUMED) throw new ProtocolError(`the first frame is of type ${type}, not ${FrameType.RESUMED}`);
    const [accepted = 0n] = Resumed.read(body, body.end).accepted;
    this.#goOn(Number(accepted));
  }

  #onControl(type: FrameType, body: Reader): void {
    const attachment = this.#attachment!;
    // Numbers of further priority classes may follow an ACK's; this version has none.
    if (type === FrameType.ACK) this.#onAck(body.uintNumber());
    else if (type === FrameType.PING) this.owed.pong(readNumber(body));
    else if (type === FrameType.PONG) attachment.pong(readNumber(body));
    else if (type === FrameType.CREDIT) {
      const { id, items, bytes } = readCredit(body);
      this.#options.handler.credit(id, items, bytes);
    } else if (type !== FrameType.PADDING) throw new ProtocolError(`a frame of type ${type} is out of place`);
  }

  #onAck(accepted: number): void {
    if (!this.outbox.acknowledge(accepted)) throw new ProtocolError(`the peer acknowledged ${accepted} frames of ${this.outbox.numbered}`);
    this.#tellRoom();
  }

  #onClose(close: Close): void {
    const link = this.#attachment?.link;
    const end = endByPeer(close, this.#state === "resuming" ? undefined : this.outbox.accepted);
    // Another connection may still be granted what this one was too late for.
    if (this.#state === "resuming" && endReasons[end.reason].ends === "connection") this.connectionLost(end.reason, end.message, link);
    else this.#end(end);
    link?.close();
  }

  /** The session goes on behind what the peer accepted: acknowledgements and credit are told anew, the rest is sent again. */
  #goOn(accepted: number): void {
    const { outbox } = this;
    if (accepted < outbox.accepted || !outbox.acknowledge(accepted))
      throw new ProtocolError(
        `the peer goes on behind frame ${accepted}; it had accepted ${outbox.accepted}, and ${outbox.flushed} were sent`,
      );
    this.#state = "open";
    this.#retention.stop();
    this.#watch();
    this.owed.restate();
    const { handler, timers } = this.#options;
    handler.resumed();
    const { link } = this.#attachment!;
    const now = timers.now();
    this.#flushDue = false;
    outbox.keep(now);
    if (this.#replay !== undefined) sendAgain(accepted, { owed: this.owed, replay: this.#replay, handler, link, now });
    outbox.handed();
    this.#attachment?.expect();
    this.#tellRoom();
    this.#answer();
  }

  #tellRoom(): void {
    if (this.#hadRoom || !this.outbox.room) return;
    this.#hadRoom = true;
    this.#options.handler.room();
  }

  readonly #write = (type: FrameType, body: (writer: Writer) => void): void => {
    body(this.begin(type));
    this.outbox.end();
  };

  /** From here on what is sent is kept until it is accepted, for as long as the session may be without a connection. */
  #retain(retentionMs: number): void {
    this.#retention.ms = retentionMs;
    if (retentionMs === 0) return;
    this.#replay = new ReplayBuffer();
    this.outbox.keepIn(this.#replay);
  }

  readonly #expire = (): void => this.close("SESSION_EXPIRED", `no connection for ${this.#retention.ms} ms (retentionMs)`, "connection");

  #fail(error: unknown): void {
    const illegal = error instanceof ProtocolError || CommandError.is(error);
    if (!illegal) this.#options.handler.internalError(error);
    this.close("PROTOCOL_ERROR", illegal ? (error as Error).message : "an internal error stopped the session");
  }

  /** Whatever belongs to one connection begins anew; what was in pieces comes again as a whole. */
  #attach(link: SessionLink, expired: () => void): Attachment {
    const { timers, handshakeTimeoutMs } = this.#options;
    const attachment = new Attachment(link, timers, (type) => maxBodyBytes(type, this.limits.messageBytes));
    attachment.awaitHello(handshakeTimeoutMs, expired);
    this.#attachment = attachment;
    return attachment;
  }

  #detach(): void {
    this.#attachment?.stop();
    this.#attachment = undefined;
    this.#answer();
  }

  #answer(): void {
    for (const resolve of this.#answered.splice(0)) resolve();
  }

  #watch(): void {
    const { role, keepAliveMs, livenessTimeoutMs } = this.#options;
    const quietMs = role === "server" ? keepAliveMs : keepAliveMs + livenessTimeoutMs / 3;
    this.#attachment!.watch(this.#lifeHost(this.#attachment!), livenessTimeoutMs, quietMs, role === "client");
  }

  #end(end: SessionEnd): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#stop();
    this.#options.handler.ended(end);
  }

  #stop(): void {
    this.#detach();
    this.#retention.stop();
    this.outbox.drop();
    this.owed.stop();
  }

  #lifeHost({ link }: Attachment): LifeHost {
    const { outbox, owed } = this;
    const { handler, endOfTurn } = this.#options;
    return {
      get waiting() {
        return outbox.unacknowledged || handler.waiting;
      },
      ping: (number) => this.#write(FrameType.PING, (writer) => writer.uint32(number)),
      sayAlive: () => owed.sayAlive(),
      afterPoll: endOfTurn,
      dead: () => {
        this.connectionLost("PEER_DEAD", "", link);
        link.close();
      },
    };
  }
}
