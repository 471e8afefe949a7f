import { Writer } from "../bytes/writer.ts";
import { RecordKind } from "../channel/channel.ts";
import type { EndReason } from "../errors/end-reason.ts";
import type { Timer, Timers } from "../time/timers.ts";
import { PACED_ACK_DELAY_MS, UNPACED_ACK_BYTES } from "./acks.ts";
import type { Counts } from "./counts.ts";
import { FrameType, frameHeader } from "./frame.ts";
import { FrameAssembler, type FrameSink, type FramesHost } from "./frame-assembler.ts";
import { writeClose } from "./greetings.ts";
import { Liveness, type LivenessHost, type Look } from "./liveness.ts";
import type { Outboxes } from "./outboxes.ts";
import type { Owed } from "./owed.ts";
import { ByPriority, Priority } from "./priority.ts";
import { ProtocolError } from "./protocol-error.ts";
import type { SessionHandler, SessionLink, SessionOptions, WriteFrame } from "./session-options.ts";

// A constant of its own: every frame asks for it.
const { NORMAL } = Priority;

/** Bytes of something incomplete after which their sender is told that they arrive: more than any rotation's message. */
const PARTIAL_BYTES = 1_024;
/** How long it waits for that; below the shortest time between two probes. */
const PARTIAL_MS = 200;

/**
 * How long a frame or record may stay unfinished while fewer than {@link STALLED_BYTES} come: whoever begins one finishes it. A record whose length was
 * damaged on the path swallows what follows it, answers to pings too: they are less than that. A message of which fewer come holds its memory no longer.
 */
const STALLED_MS = 30_000;
const STALLED_BYTES = 4_096;

/**
 * Bytes of a long frame after which its sender is told that they came, and the same while little came over a connection: then its sender gives
 * no more than 64 KiB at a time to a path that it does not know.
 */
const TELL_BYTES = 262_144;
const EARLY_TELL_BYTES = 32_768;
const EARLY_BYTES = 1_048_576;

/** The session that has the connection. */
export interface AttachmentHost extends FramesHost {
  readonly timers: Timers;
  readonly handler: FramesHost["handler"] & Pick<SessionHandler, "waiting">;
  readonly outboxes: Pick<Outboxes, "unacknowledged">;
  readonly owed: Pick<Owed, "received" | "sayAlive">;
  readonly options: Pick<SessionOptions, "role" | "keepAliveMs" | "livenessTimeoutMs" | "probes" | "endOfTurn">;
  readonly write: WriteFrame;
  connectionLost(reason: EndReason, message: string, link: SessionLink): void;
}

/** What a session has of one connection, and loses with it: frames in pieces, pings, and whether the peer lives. */
export class Attachment implements LivenessHost {
  readonly link: SessionLink;
  /** Frames in pieces. Undefined while NORMAL is the only class and all of its are whole: a quiet connection has none. */
  frames: ByPriority<FrameAssembler> | undefined;
  /** The record that is read now must not hold numbered frames. */
  quiet = false;
  /** The class whose frames it holds. */
  priority: Priority = NORMAL;
  /** The client has asked to go on over another connection instead: that this one is superseded is its own doing. */
  contested = false;
  #pings = 0;
  #pongs = 0;
  /** When the peer was asked last whether it is there, in whole milliseconds: by the connection's first frame, then by pings. */
  #askedAt: number;
  /** Who waits for a pong, by the number of the ping. */
  #awaited: { readonly number: number; readonly answered: () => void }[] | undefined;
  /** Bytes that came since the last frame was complete. */
  #partialBytes = 0;
  #partialTimer: Timer | undefined;
  #heardBytes = 0;
  /** Bytes of records over this connection, and those of them of which the sender was told. */
  #received = 0;
  #told = 0;
  #toldTimer: Timer | undefined;
  #stallTimer: Timer | undefined;
  /** A record has ended since the stall timer began, and all frames with it. */
  #wasWhole = false;
  readonly #session: AttachmentHost;
  /** From the session's opening on. */
  #liveness: Liveness | undefined;
  #helloTimer: Timer | undefined;

  constructor(link: SessionLink, session: AttachmentHost) {
    this.link = link;
    this.#session = session;
    this.#askedAt = Math.floor(session.timers.now());
  }

  /** Bytes of frames whose end has not come. */
  get pendingBytes(): number {
    let bytes = 0;
    for (const frames of this.#all) bytes += frames.pendingBytes;
    return bytes;
  }

  /** Gives the peer its time for its first frame, or for the next one before the session is open. */
  awaitHello(timeoutMs: number, expired: () => void): void {
    this.#helloTimer?.cancel();
    this.#helloTimer = this.#timers.after(timeoutMs, expired);
  }

  /** The peer's first frame has come. */
  introduced(): void {
    this.#helloTimer?.cancel();
    this.#helloTimer = undefined;
  }

  /** The session is open: from here on the peer's life is watched. */
  watch(): void {
    this.introduced();
    const { role, keepAliveMs, livenessTimeoutMs } = this.#session.options;
    const server = role === "server";
    // The server's pings are what a client hears of a quiet session.
    this.#liveness = new Liveness(this.#timers, this, livenessTimeoutMs, server ? keepAliveMs : keepAliveMs + livenessTimeoutMs / 3);
    // What opened it was the answer to a client's first frame.
    if (!server) this.#liveness.measured(this.#timers.now() - this.#askedAt);
  }

  /** Bytes came from the peer, be they whole records or not. */
  heard(bytes: number): void {
    if (this.#liveness === undefined) return;
    this.#liveness.heard();
    if (this.#stallTimer === undefined && this.#unfinished) this.#watchStall();
    this.#heardBytes += bytes;
    this.#partialBytes += bytes;
    if (this.#partialBytes >= PARTIAL_BYTES) this.#partialTimer ??= this.#timers.after(PARTIAL_MS, () => this.#sayAlive());
  }

  /** Takes the plaintext of one record. Throws ProtocolError. */
  receive(recordKind: number, plaintext: Uint8Array, onFrame: FrameSink): void {
    this.quiet = recordKind === RecordKind.QUIET;
    this.#received += plaintext.length;
    this.priority = this.quiet ? NORMAL : classOf(recordKind);
    this.#framesOf(this.priority).push(plaintext, onFrame);
    if (this.pendingBytes === 0) {
      if (this.frames?.lone) this.frames = undefined;
      // What is complete is acknowledged.
      this.#told = this.#received;
      this.#partialBytes = 0;
      this.#wasWhole = true;
      return;
    }
    if (this.#stallTimer === undefined) this.#watchStall();
    if (this.#received - this.#told >= this.#tellBytes) this.#tell();
    else this.#toldTimer ??= this.#timers.after(PACED_ACK_DELAY_MS, () => this.#tellLate());
  }

  /** The peer counts what comes from here on. */
  countAnew(): void {
    this.#received = this.#told = 0;
  }

  /** The peer answered the ping of this number. */
  pong(number: number): void {
    if (number > this.#pings) return;
    if (number === this.#pings && number > this.#pongs) this.#liveness?.measured(this.#timers.now() - this.#askedAt);
    this.#pongs = Math.max(this.#pongs, number);
    while (this.#awaited?.[0] !== undefined && this.#awaited[0].number <= number) this.#awaited.shift()!.answered();
  }

  /** Pings the peer of an open session. `answered` is called when it answers, and never when the connection is lost before. */
  ping(answered: () => void): void {
    this.probe();
    this.#awaited ??= [];
    this.#awaited.push({ number: this.#pings, answered });
    this.expect();
  }

  /** Something is outstanding from now on. */
  expect(): void {
    this.#liveness?.expect();
  }

  /** Sends one frame without a number at once, before anything that waits. */
  send(type: FrameType, body: (writer: Writer) => void, recordKind: number = RecordKind.QUIET): void {
    const writer = new Writer();
    writeFrame(writer, type, body);
    this.link.send(recordKind, writer.view());
  }

  /**
   * The session goes on over another connection.
   *
   * @param cut a frame of class NORMAL was begun here and is not whole
   */
  supersede(accepted: Counts, cut: boolean): void {
    this.send(FrameType.CLOSE, (writer) => writeClose(writer, "SUPERSEDED", "", accepted), cut ? RecordKind.CONTROL : RecordKind.QUIET);
    this.link.close();
  }

  /** Nothing comes of this connection any more. */
  stop(): void {
    this.#helloTimer?.cancel();
    this.#partialTimer?.cancel();
    this.#toldTimer?.cancel();
    this.#stallTimer?.cancel();
    this.#liveness?.stop();
    this.#awaited = undefined;
    for (const frames of this.#all) frames.drop();
  }

  get #all(): readonly FrameAssembler[] {
    return this.frames?.all ?? [];
  }

  #framesOf(priority: Priority): FrameAssembler {
    this.frames ??= new ByPriority(new FrameAssembler(this.#session, NORMAL));
    if (priority === NORMAL) return this.frames.normal;
    return this.frames.get(priority) ?? this.frames.add(priority, new FrameAssembler(this.#session, priority));
  }

  get #unfinished(): boolean {
    return this.pendingBytes + this.link.waitingBytes > 0;
  }

  /** The timer is left to run when the frame or record is soon whole, as nearly all are. */
  #watchStall(): void {
    const before = this.#heardBytes;
    this.#wasWhole = false;
    this.#stallTimer = this.#timers.after(STALLED_MS, () => {
      this.#stallTimer = undefined;
      if (!this.#unfinished) return;
      // All of them are looked at, whatever the first one comes to.
      const bound = this.#all.filter(({ partial }) => partial !== undefined && partial.look?.(STALLED_BYTES) !== false);
      const moves = this.#wasWhole || this.#heardBytes - before >= STALLED_BYTES;
      if (moves || bound.length + this.link.waitingBytes === 0) this.#watchStall();
      else if (this.#liveness !== undefined) this.#end(`a frame or record of the peer was left unfinished for ${STALLED_MS} ms`);
    });
  }

  /** A peer that uses one class alone is told with what it is acknowledged. */
  get #tellBytes(): number {
    if (this.#received < EARLY_BYTES) return EARLY_TELL_BYTES;
    return this.frames?.lone ? UNPACED_ACK_BYTES : TELL_BYTES;
  }

  #tell(): void {
    this.#told = this.#received;
    if (this.#liveness !== undefined) this.#session.owed.received(this.#received);
  }

  #tellLate(): void {
    this.#toldTimer = undefined;
    if (this.pendingBytes > 0 && this.#received > this.#told) this.#tell();
  }

  #sayAlive(): void {
    this.#partialTimer = undefined;
    if (this.#partialBytes > 0) this.#session.owed.sayAlive();
    this.#partialBytes = 0;
  }

  // What the liveness of an open session asks for.

  get waiting(): boolean {
    const { outboxes, handler } = this.#session;
    return outboxes.unacknowledged || handler.waiting || this.#pings > this.#pongs;
  }

  probe(): void {
    this.#askedAt = Math.floor(this.#timers.now());
    const number = ++this.#pings;
    this.#session.write(FrameType.PING, (writer) => writer.uint32(number));
  }

  afterPoll(look: Look): void {
    const { probes, endOfTurn } = this.#session.options;
    (probes ?? endOfTurn)(look);
  }

  dead(): void {
    this.#end("");
  }

  get #timers(): Timers {
    return this.#session.timers;
  }

  /** The peer is taken for dead. */
  #end(message: string): void {
    this.#session.connectionLost("PEER_DEAD", message, this.link);
    this.link.close();
  }
}

/** The class whose frames are in records of this kind. Throws ProtocolError. */
function classOf(recordKind: number): Priority {
  if (recordKind > Priority.BULK) throw new ProtocolError(`unknown record kind ${recordKind}`);
  return recordKind as Priority;
}

/** Writes one whole frame. */
export function writeFrame(writer: Writer, type: FrameType, body: (writer: Writer) => void): void {
  writer.uint32(frameHeader(type));
  const mark = writer.open();
  body(writer);
  writer.close(mark);
}
