import { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";
import { RecordKind } from "../channel/channel.ts";
import { writeFrame } from "./attachment.ts";
import { Backlog } from "./backlog.ts";
import type { FrameType } from "./frame.ts";
import { Priority } from "./priority.ts";
import { numberedFrames, ReplayBuffer } from "./replay-buffer.ts";
import type { ReplayedFrame, Turns, WriteFrame } from "./session-options.ts";
import { Turn } from "./turn.ts";
import { returnTurnBuffer, TurnMemory, takeTurnBuffer } from "./turn-buffers.ts";

// A constant of its own: every frame asks for it.
const { NORMAL } = Priority;

/** What leaves again in one record: a connection that soon breaks again still brings it on by some. */
const AGAIN_BYTES = 16_384;
/** The part of NORMAL's outbox that streams fill. */
const STREAM_PART = 3 / 4;
/** Bytes of a turn from which on streams wait for the next one, so that a long stream is sealed, sent and read at the same time, in memory that caches hold. */
const STREAM_TURN_BYTES = 262_144;

/** Where a turn's bytes go. They are read before it returns. */
export interface RecordSink {
  send(recordKind: number, bytes: Uint8Array): void;
}

/** Whose outbox it is. */
export interface OutboxHost {
  /** Is asked for a flush at the end of the turn. */
  readonly turns: Turns;
  /** Bytes that the transport of this connection was given, of all classes. */
  readonly given: number;
  /** It is given more. */
  give(bytes: number, now: number): void;
  /** The peer has received so many of them. */
  receive(given: number, now: number): void;
}

/**
 * Everything on its way out in one class of priority. Frames of one turn of the event loop are encoded one behind the other into one buffer, which leaves as a whole at the
 * end of the turn; what was numbered stays counted until the peer has accepted it, and that count is the backpressure.
 */
export class Outbox {
  readonly priority: Priority;
  readonly #limit: number;
  readonly #host: OutboxHost;
  readonly #turn = new Turn();
  #scheduled = false;
  /** Turns that could not be given to the transport at once; undefined until there were any. */
  #backlog: Backlog | undefined;
  /** Not all that waited could be given. */
  #stuck = false;
  /** The turn begins with frames that left before. */
  #again = false;

  /** How many frames were numbered in the turns before this one. */
  #numbered = 0;
  /** How many numbered frames the transport of this connection was given, those included that the peer had accepted before. */
  #handed = 0;
  /** The most that any transport was given: the peer may have accepted these, wherever this connection is. */
  #flushed = 0;
  #acked = 0;
  /** What the peer has not accepted. */
  readonly replay: ReplayBuffer = new ReplayBuffer();
  /** Whether that can be sent again: the session may outlive its connection. */
  keeps = false;
  #flushWaiters: { readonly upTo: number; readonly resolve: () => void }[] | undefined;

  /**
   * @param limit bytes that may be unacknowledged or unsent before {@link room} says no
   */
  constructor(limit: number, host: OutboxHost, priority: Priority = NORMAL) {
    this.priority = priority;
    this.#limit = limit;
    this.#host = host;
  }

  /** Bytes that are held for the peer: sent and not accepted, or not sent. */
  get heldBytes(): number {
    return this.replay.bytes + this.#turn.numberedBytes;
  }

  /** Whether one more message may be queued now. The last one may overshoot the limit by its own size. */
  get room(): boolean {
    return this.heldBytes < this.#limit;
  }

  /** Whether one more item of a stream may: in the class of most commands, which wait behind all that is in it, streams leave some of the outbox to them. */
  get streamRoom(): boolean {
    return this.#turn.numberedBytes < STREAM_TURN_BYTES && this.heldBytes < (this.priority === NORMAL ? STREAM_PART : 1) * this.#limit;
  }

  /** Whether a volatile one-way may be queued now: while half the outbox is free, so that it never takes the room of what must arrive. */
  get volatileRoom(): boolean {
    return 2 * (this.heldBytes + this.#turn.volatileBytes) < this.#limit;
  }

  /** Whether anything waits for the end of the turn, or to be given to the transport. */
  get pending(): boolean {
    return this.turnBytes > 0 || this.#backlog?.empty === false;
  }

  /** Bytes that were written in this turn. */
  get turnBytes(): number {
    return this.#turn.length;
  }

  /** Whether what is written now waits behind what could not be given to the transport. */
  get stuck(): boolean {
    return this.#stuck;
  }

  /** The end of a frame whose beginning was given to the transport waits. */
  get cut(): boolean {
    return this.#backlog?.cut === true;
  }

  /** How many numbered frames were given to a transport, be it that of an earlier connection. */
  get flushed(): number {
    return this.#flushed;
  }

  /** Whether the peer will acknowledge something that this connection was given: a numbered frame, or one of which a part is there. */
  get underWay(): boolean {
    return this.#handed > this.#acked || this.cut;
  }

  /** Whether the peer still has to accept something. */
  get unacknowledged(): boolean {
    return this.numbered > this.#acked;
  }

  /** How many frames were numbered so far. */
  get numbered(): number {
    return this.#numbered + this.#turn.numbered;
  }

  /** See {@link Turn.begin}. */
  begin(type: FrameType): Writer {
    return this.#turn.begin(type);
  }

  /** Completes the frame that was begun. */
  end(): void {
    this.#turn.end();
    this.#schedule();
  }

  /** See {@link Turn.put}. */
  put(frame: Uint8Array): void {
    this.#turn.put(frame);
    this.#schedule();
  }

  /** Takes back the frame that was begun. */
  abandon(): void {
    this.#turn.abandon();
  }

  /**
   * Gives the transport what waits: the turn's bytes at once, as a quiet record when no command is in them; or a piece of them when they are more than
   * `most`. Returns how many were given.
   *
   * @param now on the timers' scale
   * @param piece bytes to give when not all may be
   */
  flush(sink: RecordSink, now = 0, most: number = Number.POSITIVE_INFINITY, piece: number = most): number {
    this.#scheduled = false;
    const turn = this.#turn.bytes;
    if (this.#backlog?.empty !== false) {
      if (turn === undefined) return 0;
      if (turn.length <= most) return this.#giveTurn(turn, sink, now);
    }
    if (turn !== undefined && !this.#turn.writing) this.#settle(turn, now);
    return this.#givePiece(sink, now, piece);
  }

  /**
   * What waits cannot be given now.
   *
   * @param now on the timers' scale
   */
  hold(now: number): void {
    this.#scheduled = false;
    this.#stuck = true;
    // What leaves again has its numbers already, and what comes now has not.
    if (this.#again) this.#settle(this.#turn.bytes!, now);
  }

  /**
   * Keeps the turn's bytes for the next connection, with the time at which they would have left. What has no number is of no use there.
   *
   * @param now on the timers' scale
   */
  keep(now: number): void {
    this.#scheduled = this.#stuck = this.#again = false;
    this.#backlog?.clear();
    const turn = this.#turn.bytes;
    if (turn === undefined || this.#turn.writing) return;
    if (this.#turn.numbered > 0) this.#count(this.#turn.shared ?? turn.slice(), undefined, now);
    this.#turn.clear();
  }

  /**
   * All that the peer has not accepted is to leave once more, before what comes now. `send` gets each frame, and what writes it as it is to be.
   *
   * @param now on the timers' scale
   */
  again(now: number, send: (frame: ReplayedFrame, write: WriteFrame) => void): void {
    const { priority } = this;
    const writer = takeTurnBuffer();
    const write: WriteFrame = (type, body) => writeFrame(writer, type, body);
    this.#handed = this.#acked;
    this.replay.again();
    this.replay.replay(this.#acked, now, (type, bytes, start, end, ageMs, number) =>
      send({ type, priority, number, body: new Reader(bytes, start, end), ageMs }, write),
    );
    if (writer.position === 0 || writer.position > AGAIN_BYTES || this.#turn.length > 0) {
      if (writer.position > 0) this.#putOff(writer.view().slice());
      this.#stuck = writer.position > 0;
      returnTurnBuffer(writer);
    } else {
      this.#turn.beginWith(writer);
      this.#again = true;
    }
  }

  /** Drops what was not handed over: nobody will take it. */
  drop(): void {
    if (!this.#turn.writing) this.#turn.clear();
    this.#backlog?.clear();
    this.replay.clear();
  }

  /** The peer has accepted this many numbered frames. False when it cannot have. True says nothing about progress. */
  acknowledge(accepted: number, now = 0): boolean {
    if (accepted > this.#flushed) return false;
    if (accepted <= this.#acked) return true;
    this.#acked = accepted;
    const given = this.replay.accept(accepted);
    if (given !== undefined) this.#host.receive(given, now);
    const waiters = this.#flushWaiters;
    while (waiters?.[0] !== undefined && waiters[0].upTo <= accepted) waiters.shift()!.resolve();
    return true;
  }

  /** How many numbered frames the peer accepted. */
  get accepted(): number {
    return this.#acked;
  }

  /** Calls back once everything that was numbered until now is accepted; at once when it is. */
  whenAcknowledged(resolve: () => void): void {
    const upTo = this.numbered;
    if (this.#acked >= upTo) resolve();
    else {
      this.#flushWaiters ??= [];
      this.#flushWaiters.push({ upTo, resolve });
    }
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#host.turns.schedule();
  }

  #giveTurn(turn: Uint8Array, sink: RecordSink, now: number): number {
    const bytes = turn.length;
    const { numbered, shared, volatileBytes } = this.#turn;
    const quiet = numbered === 0 && volatileBytes === 0 && this.priority === NORMAL && !this.#again;
    const copied = numbered > 0 && this.keeps && shared === undefined && volatileBytes === 0;
    const memory = this.#turn.detach() ?? (copied ? TurnMemory.copy(turn) : undefined);
    if (numbered > 0) this.#count(shared ?? memory?.bytes ?? turn, memory, now);
    this.#stuck = this.#again = false;
    this.#host.give(bytes, now);
    this.#given(this.#numbered);
    sink.send(quiet ? RecordKind.QUIET : this.priority, turn);
    memory?.letGo();
    this.#turn.clear();
    return bytes;
  }

  /** The turn goes behind others that wait for the transport. */
  #settle(turn: Uint8Array, now: number): void {
    const memory = this.#turn.detach();
    const { numbered, shared } = this.#turn;
    const bytes = memory?.bytes ?? (turn === shared ? turn : turn.slice());
    if (numbered > 0) this.#count(shared ?? bytes, memory, now);
    if (bytes.length > 0) this.#putOff(bytes, memory);
    memory?.letGo();
    this.#again = false;
    this.#turn.clear();
  }

  #putOff(bytes: Uint8Array, memory?: TurnMemory): void {
    this.#backlog ??= new Backlog();
    this.#backlog.push(bytes, memory);
  }

  #givePiece(sink: RecordSink, now: number, piece: number): number {
    const backlog = this.#backlog!;
    const { bytes, frames, memory } = backlog.take(piece);
    this.#stuck = !backlog.empty;
    this.#host.give(bytes.length, now);
    this.#given(this.#handed + frames);
    sink.send(this.priority, bytes);
    memory?.letGo();
    return bytes.length;
  }

  /** The transport was given as many numbered frames. */
  #given(handed: number): void {
    this.#handed = handed;
    if (handed > this.#flushed) this.#flushed = handed;
    this.replay.given(handed, this.#host.given);
  }

  /**
   * The turn is complete: from here on it waits for its acknowledgement.
   *
   * @param bytes the turn, which is nobody else's to change where it is kept as it is
   * @param memory where it is, if not in memory of its own
   */
  #count(bytes: Uint8Array, memory: TurnMemory | undefined, now: number): void {
    const { numbered, numberedBytes, volatileBytes, shared } = this.#turn;
    this.#numbered += numbered;
    const { replay, keeps } = this;
    if (!keeps) replay.keep(undefined, this.#numbered, numbered, numberedBytes, now);
    else if (volatileBytes === 0 || bytes === shared) replay.keep(bytes, this.#numbered, numbered, numberedBytes, now, memory);
    else replay.keep(numberedFrames(bytes), this.#numbered, numbered, numberedBytes, now);
    this.#turn.counted();
  }
}
