import { ClientHello, Close, Welcome } from "../../generated/zserver/protocol/v1/session.ts";
import { Reader } from "../bytes/reader.ts";
import { shortText } from "../bytes/short-text.ts";
import type { Writer } from "../bytes/writer.ts";
import { type EndReason, endReasonFromNumber, endReasons } from "../errors/end-reason.ts";
import { RecordKind } from "../channel/channel.ts";
import { CommandError } from "../errors/command-error.ts";
import type { Timer } from "../time/timers.ts";
import { Acks } from "./acks.ts";
import type { CreditWindow } from "./credit.ts";
import {
  BODY_OVERHEAD_BYTES,
  CONTROL_BYTES,
  FAILURE_BYTES,
  FrameType,
  frameHeader,
  headerType,
  isIgnorable,
  isSequenced,
  LAST_KNOWN_TYPE,
} from "./frame.ts";
import { FrameAssembler } from "./frame-assembler.ts";
import { type Limits, limitsToWire } from "./limits.ts";
import { Liveness } from "./liveness.ts";
import { Outbox } from "./outbox.ts";
import { ProtocolError } from "./protocol-error.ts";
import type { SessionEnd } from "./session-end.ts";
import type { SessionOptions } from "./session-options.ts";

/** The version of the protocol that this library speaks. */
export const PROTOCOL_VERSION = 1;

/** The longest line of a closing frame, in UTF-16 units. */
const CLOSE_TEXT_UNITS = 1_024;

/**
 * One session over one connection: numbering, acknowledgement, credit, liveness and the orderly end. Bytes and time go in, frames come out;
 * what the frames mean is the command floor's affair.
 */
export class Session {
  readonly outbox: Outbox;
  readonly limits: Limits;
  readonly #options: SessionOptions;
  readonly #acks: Acks;
  readonly #liveness: Liveness;
  readonly #frames: FrameAssembler;
  readonly #grants = new Map<number, CreditWindow>();
  #state: "opening" | "open" | "ended" = "opening";
  #openTimer: Timer | undefined;
  /** The record that is read now must not hold numbered frames. */
  #quiet = false;
  #flushDue = false;
  #pong = -1;
  #pings = 0;
  #pongs = 0;
  #hadRoom = true;
  #skipped = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.limits = options.limits;
    this.outbox = new Outbox(options.limits.outboxBytes, this.#schedule);
    this.#acks = new Acks(options.timers, this.#schedule);
    this.#frames = new FrameAssembler((type) => this.#maxBody(type));
    const quietMs = options.role === "server" ? options.keepAliveMs : options.keepAliveMs + options.livenessTimeoutMs / 3;
    this.#liveness = new Liveness(options.timers, this.#livenessHost(), options.livenessTimeoutMs, quietMs);
    const { timers, handshakeTimeoutMs } = options;
    this.#openTimer = timers.after(handshakeTimeoutMs, () =>
      this.close("HANDSHAKE_TIMEOUT", `the peer did not introduce itself within ${handshakeTimeoutMs} ms`),
    );
    if (options.role === "client") this.#sayHello();
  }

  get ended(): boolean {
    return this.#state === "ended";
  }

  /** Ignorable frames of unknown types that were skipped. */
  get skippedFrames(): number {
    return this.#skipped;
  }

  /** Server: admits the client. */
  welcome(): void {
    if (this.#state === "ended") return;
    this.#control(FrameType.WELCOME, (writer) => Welcome.write(writer, { protocol: PROTOCOL_VERSION, agent: this.#options.agent }));
  }

  /** Begins a command frame; see {@link Outbox.begin}. A frame after the session's end goes nowhere. */
  begin(type: FrameType): Writer {
    return this.outbox.begin(type);
  }

  end(): void {
    this.outbox.end();
    if (this.#state === "ended") {
      this.outbox.drop();
      return;
    }
    this.#hadRoom = this.outbox.room;
    this.#liveness.expect();
  }

  /** Tells the peer about a window that its reader emptied by half, with the next flush. */
  grant(id: number, window: CreditWindow): void {
    this.#grants.set(id, window);
    this.#schedule();
  }

  /** Takes back a grant that is not told yet: its stream is over. */
  forget(id: number): void {
    this.#grants.delete(id);
  }

  /** Bytes came from the peer, be they whole records or not. */
  heard(): void {
    this.#liveness.heard();
  }

  /** One opened record. */
  receive(recordKind: number, plaintext: Uint8Array): void {
    if (this.#state === "ended") return;
    try {
      if (recordKind !== RecordKind.NORMAL && recordKind !== RecordKind.QUIET) throw new ProtocolError(`unknown record kind ${recordKind}`);
      this.#quiet = recordKind === RecordKind.QUIET;
      this.#frames.push(plaintext, this.#onFrame);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The transport takes bytes again. */
  drained(): void {
    if (this.#flushDue) this.flush();
  }

  /** Sends what this turn collected. */
  flush(): void {
    this.#flushDue = true;
    if (this.#state === "ended" || !this.#options.link.writable) return;
    this.#writeControl();
    this.#flushDue = false;
    this.outbox.flush(this.#options.link);
  }

  /** Ends the session in an orderly way: tells the peer why and what was accepted, then closes the connection. */
  close(reason: EndReason, message: string, by: SessionEnd["by"] = "local"): void {
    if (this.#state === "ended") return;
    const text = shortText(message, CLOSE_TEXT_UNITS);
    this.#writeControl();
    this.#control(FrameType.CLOSE, (writer) =>
      Close.write(writer, { reason: endReasons[reason].number, message: text, accepted: [BigInt(this.#acks.accepted)] }),
    );
    this.outbox.flush(this.#options.link);
    this.#end({ reason, message: text, by, accepted: undefined });
    this.#options.link.close();
  }

  /** The connection ended without a closing frame. The retention window is 0, so the session ends with it. */
  connectionLost(reason: EndReason, message: string): void {
    this.#end({ reason, message, by: "connection", accepted: undefined });
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
    if (this.#quiet && isSequenced(header)) throw new ProtocolError(`a numbered frame of type ${type} came in a quiet record`);
    if (type > LAST_KNOWN_TYPE && this.#state === "open") {
      this.#skipped++;
      if (isSequenced(header)) this.#acks.accept(end - start);
      return true;
    }
    if (type <= LAST_KNOWN_TYPE && header !== frameHeader(type))
      throw new ProtocolError(`a frame of type ${type} has the flags ${header & 3}${isIgnorable(header) ? " (ignorable)" : ""}`);
    const body = new Reader(bytes, start, end, this.limits.decodeElements);
    if (type === FrameType.CLOSE) this.#onClose(Close.read(body, body.end));
    else if (this.#state === "opening") this.#open(type, body);
    else if (type >= FrameType.REQUEST) {
      // Counted first: a handler that ends the session at once has run, and the closing frame must not deny it.
      this.#acks.accept(end - start);
      this.#options.handler.frame(type, body, end - start);
    } else this.#onControl(type, body);
    return !this.ended;
  };

  #open(type: FrameType, body: Reader): void {
    const { role, handler } = this.#options;
    const expected = role === "server" ? FrameType.CLIENT_HELLO : FrameType.WELCOME;
    if (type !== expected) throw new ProtocolError(`the first frame is of type ${type}, not ${expected}`);
    const hello = role === "server" ? ClientHello.read(body, body.end) : Welcome.read(body, body.end);
    this.#state = "open";
    this.#openTimer?.cancel();
    if (hello.protocol !== PROTOCOL_VERSION) {
      this.close(
        "UNSUPPORTED_PROTOCOL",
        `the peer speaks version ${hello.protocol} of the protocol, this side version ${PROTOCOL_VERSION}`,
      );
    } else handler.opened(hello);
  }

  #onControl(type: FrameType, body: Reader): void {
    switch (type) {
      case FrameType.PADDING:
        return;
      case FrameType.ACK:
        this.#onAck(body);
        return;
      case FrameType.CREDIT:
        this.#onCredit(body);
        return;
      case FrameType.PING:
        this.#pong = body.uint32();
        checkEnd(body);
        this.#schedule();
        return;
      case FrameType.PONG:
        this.#pongs = Math.max(this.#pongs, Math.min(body.uint32(), this.#pings));
        checkEnd(body);
        return;
      default:
        throw new ProtocolError(`a frame of type ${type} is out of place`);
    }
  }

  /** Numbers of further priority classes may follow; this version has none. */
  #onAck(body: Reader): void {
    const accepted = body.uintNumber();
    if (!this.outbox.acknowledge(accepted)) throw new ProtocolError(`the peer acknowledged ${accepted} frames of ${this.outbox.numbered}`);
    if (!this.#hadRoom && this.outbox.room) {
      this.#hadRoom = true;
      this.#options.handler.room();
    }
  }

  #onCredit(body: Reader): void {
    const id = body.uintNumber();
    const items = body.uintNumber();
    const bytes = body.uintNumber();
    checkEnd(body);
    this.#options.handler.credit(id, items, bytes);
  }

  #onClose({ reason, message, accepted: [told] }: Close): void {
    // What was acknowledged before stays accepted, whatever the closing frame says.
    const accepted = told === undefined ? undefined : Math.max(Number(told), this.outbox.accepted);
    this.#end({ reason: endReasonFromNumber(reason), message, by: "peer", accepted });
    this.#options.link.close();
  }

  /** Control state is kept, not queued, and written when a flush happens: a peer that never reads cannot make it grow. */
  #writeControl(): void {
    if (this.#acks.due) this.#control(FrameType.ACK, (writer) => writer.uintNumber(this.#acks.take()));
    if (this.#pong >= 0) {
      const pong = this.#pong;
      this.#pong = -1;
      this.#control(FrameType.PONG, (writer) => writer.uint32(pong));
    }
    for (const [id, window] of this.#grants) {
      const { items, bytes } = window.grant();
      this.#control(FrameType.CREDIT, (writer) => {
        writer.uintNumber(id);
        writer.uintNumber(items);
        writer.uintNumber(bytes);
      });
    }
    this.#grants.clear();
  }

  #control(type: FrameType, body: (writer: Writer) => void): void {
    body(this.begin(type));
    this.outbox.end();
  }

  #sayHello(): void {
    const { agent, anonymous, limits } = this.#options;
    this.#control(FrameType.CLIENT_HELLO, (writer) =>
      ClientHello.write(writer, { protocol: PROTOCOL_VERSION, limits: limitsToWire(limits), agent, anonymous }),
    );
  }

  #maxBody(type: number): number {
    if (type === FrameType.REQUEST || type === FrameType.SEND || type === FrameType.REPLY || type === FrameType.ITEM)
      return this.limits.messageBytes + BODY_OVERHEAD_BYTES;
    return type === FrameType.FAIL ? FAILURE_BYTES : CONTROL_BYTES;
  }

  #fail(error: unknown): void {
    const illegal = error instanceof ProtocolError || CommandError.is(error);
    if (!illegal) this.#options.handler.internalError(error);
    this.close("PROTOCOL_ERROR", illegal ? (error as Error).message : "an internal error stopped the session");
  }

  #end(end: SessionEnd): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#openTimer?.cancel();
    this.#frames.drop();
    this.outbox.drop();
    this.#acks.stop();
    this.#liveness.stop();
    this.#grants.clear();
    this.#options.handler.ended(end);
  }

  #livenessHost(): ConstructorParameters<typeof Liveness>[1] {
    const session = this;
    return {
      get waiting() {
        return session.outbox.unacknowledged || session.#pings > session.#pongs || session.#options.handler.waiting;
      },
      ping() {
        session.#pings++;
        session.#control(FrameType.PING, (writer) => writer.uint32(session.#pings));
      },
      afterPoll: session.#options.endOfTurn,
      dead() {
        session.#end({ reason: "PEER_DEAD", message: "", by: "connection", accepted: undefined });
        session.#options.link.close();
      },
    };
  }
}

/** A control frame holds nothing behind what this version knows of it. */
function checkEnd(body: Reader): void {
  if (body.position !== body.end) throw new ProtocolError("a control frame has more in it than its type allows");
}
