import type { Writer } from "../bytes/writer.ts";
import { UNPACED_ACK_BYTES } from "./acks.ts";
import { type Counts, countEach, countOf } from "./counts.ts";
import { FrameType } from "./frame.ts";
import { Outbox, type OutboxHost, type RecordSink } from "./outbox.ts";
import { Pacer } from "./pacer.ts";
import { ByPriority, byUrgency, Priority, shareOf } from "./priority.ts";
import { ProtocolError } from "./protocol-error.ts";
import type { SessionLink, Turns } from "./session-options.ts";

// A constant of its own: every frame asks for it.
const { NORMAL } = Priority;

/**
 * What a turn has collected leaves before its end when it is so much: the peer works on it while this side goes on. Where all commands are NORMAL, nothing that
 * this turn may still bring would overtake it.
 */
const EARLY_BYTES = 16_384;

/** See {@link Outboxes.full}. */
export const FULL_FOR_STREAMS = 16;

/** While both wait, NORMAL is given so many bytes for each byte of BULK. */
const NORMAL_TO_BULK = 16;
/** What an acknowledgement and other answers take. */
const ANSWERS_BYTES = 1_024;
/** What HIGH may give beyond what the path takes: it does not wait for what was given before it. */
const RESERVE_BYTES = 16_384;

/** The outboxes of a session: one for each class of priority that was used. A class that is full holds no other one back. */
export class Outboxes implements OutboxHost {
  readonly #limit: number;
  readonly turns: Turns;
  readonly #boxes: ByPriority<Outbox>;
  /** The one in which a frame was begun. */
  #begun: Outbox | undefined;
  /** The type of the frame that was begun last. */
  #type: FrameType = FrameType.PADDING;
  #greets = false;
  /** Bytes that the transport of this connection was given, and how many of them the peer is known to have received. */
  given = 0;
  #received = 0;
  /** Undefined while nothing may have to overtake: where all commands are NORMAL, the transport is the best judge of what it takes. */
  #pacer: Pacer | undefined;
  /** How many frames were numbered when the peer was asked last. */
  #askedFor = 0;
  /** What NORMAL was given since it was BULK's turn. */
  #normalBytes = 0;

  /**
   * @param limit bytes that each class but the two lesser ones may hold, see {@link shareOf}
   * @param turns is asked for a flush at the end of the turn
   */
  constructor(limit: number, turns: Turns) {
    this.#limit = limit;
    this.turns = turns;
    this.#boxes = new ByPriority(new Outbox(limit, this));
  }

  get normal(): Outbox {
    return this.#boxes.normal;
  }

  /** Those that were used, of the most urgent class first. */
  get all(): readonly Outbox[] {
    return this.#boxes.all;
  }

  of(priority: Priority): Outbox {
    return priority === NORMAL ? this.#boxes.normal : (this.#boxes.get(priority) ?? this.#add(priority));
  }

  /** Begins a frame; its body is written into the returned writer, then {@link end} or {@link abandon} is called. */
  begin(type: FrameType, priority: Priority): Writer {
    this.checkWhole();
    this.#begun = this.of(priority);
    this.#type = type;
    return this.#begun.begin(type);
  }

  /** Throws where a frame was begun and has not ended: frames do not nest. */
  checkWhole(): void {
    if (this.#begun !== undefined) throw new Error("a frame was begun inside another: a message's getter or iterable sent something");
  }

  /** Whether a frame was begun. */
  get writing(): boolean {
    return this.#begun !== undefined;
  }

  /** Completes the frame that was begun. */
  end(): void {
    this.#begun!.end();
    this.#begun = undefined;
  }

  /** Takes back the frame that was begun. */
  abandon(): void {
    this.#begun!.abandon();
    this.#begun = undefined;
  }

  /** See {@link Outbox.put}. */
  put(frame: Uint8Array, priority: Priority): void {
    this.checkWhole();
    this.of(priority).put(frame);
  }

  /** From here on, what is sent is kept until the peer has accepted it. */
  keepAll(): void {
    for (const box of this.all) box.keeps = true;
  }

  /** See {@link Outbox.keeps}. */
  get keeps(): boolean {
    return this.normal.keeps;
  }

  /** Whether so little may be held that the peer, which acknowledges by bytes, could leave all of it unacknowledged for as long as it lets one wait. */
  get small(): boolean {
    return this.#limit < 2 * UNPACED_ACK_BYTES;
  }

  /** Bytes that are held for the peer. */
  get heldBytes(): number {
    let bytes = 0;
    for (const box of this.all) bytes += box.heldBytes;
    return bytes;
  }

  /** Whether so much waits that it is not to wait for the turn's end. */
  get early(): boolean {
    const { normal } = this;
    // Items share what room there is, and the less of it is freed at once, the less equally.
    return normal.turnBytes >= EARLY_BYTES && this.#type !== FrameType.ITEM && this.#pacer === undefined;
  }

  /** The classes without room, a bit for each; and behind these bits the same of those without room for streams. */
  get full(): number {
    // Asked for every frame.
    if (this.#boxes.lone) return fullness(this.normal);
    let full = 0;
    for (const box of this.all) full |= fullness(box) << box.priority;
    return full;
  }

  /** Whether anything waits for the end of the turn. */
  get pending(): boolean {
    return this.#any((box) => box.pending);
  }

  /** Whether the peer still has to accept something. */
  get unacknowledged(): boolean {
    return this.#any((box) => box.unacknowledged);
  }

  /** Whether to ask the peer for an acknowledgement that somebody waits for: once for all that was numbered until now. */
  ask(): boolean {
    let numbered = 0;
    for (const box of this.all) numbered += box.numbered;
    if (numbered === this.#askedFor || !this.unacknowledged) return false;
    this.#askedFor = numbered;
    return true;
  }

  /** How many numbered frames of each class the peer accepted. */
  get accepted(): Counts {
    return countEach((priority) => this.#boxes.get(priority)?.accepted ?? 0);
  }

  /** The same of all classes together. */
  get acceptedInAll(): number {
    let accepted = 0;
    for (const box of this.all) accepted += box.accepted;
    return accepted;
  }

  /** How many numbered frames of each class were given to a transport. */
  get flushed(): Counts {
    return countEach((priority) => this.#boxes.get(priority)?.flushed ?? 0);
  }

  /** What is in NORMAL's outbox goes before all else in this turn: a greeting is among it, and nothing may come before that. */
  greet(): void {
    this.#greets = true;
  }

  /** Gives the transport what waits, the most urgent first, as far as the path takes it. */
  flush(sink: RecordSink, now: number): void {
    const pacer = this.#pacer;
    if (this.#greets) this.normal.flush(sink, now);
    this.#greets = false;
    if (pacer === undefined) {
      for (let box = this.#next(); box !== undefined; box = this.#next()) box.flush(sink, now);
      return;
    }
    for (let box = this.#next(); box !== undefined; box = this.#next()) {
      const room = pacer.room + reserveOf(box.priority);
      if (room <= 0 && this.#underWay) {
        this.#hold(now);
        return;
      }
      // What nobody acknowledges is no measure of the path.
      if (room <= 0) this.#settle(now);
      const given = box.flush(sink, now, Math.min(Math.max(room, 1), this.#turnOf(box)), Math.min(pacer.piece, this.#turnOf(box)));
      if (box === this.normal) this.#normalBytes += given;
      else if (box.priority === Priority.BULK) this.#normalBytes = 0;
    }
    pacer.full = false;
  }

  /** Gives the transport all that waits, NORMAL's last: a closing frame ends it. */
  flushAll(sink: Pick<SessionLink, "send" | "ending">, now: number): void {
    sink.ending?.();
    for (const box of this.all) if (box !== this.normal) while (box.pending) box.flush(sink, now);
    while (this.normal.pending) this.normal.flush(sink, now);
  }

  /** The class for frames that answer: they ride along with NORMAL's, unless they would wait there; two sides that wait for each other's answers would do so for ever. */
  get answers(): Priority {
    const pacer = this.#pacer;
    if (pacer === undefined) return NORMAL;
    let bytes = ANSWERS_BYTES;
    for (const box of this.all) {
      if (box.stuck) return Priority.CONTROL;
      bytes += box.turnBytes;
    }
    return bytes > pacer.room && this.#underWay ? Priority.CONTROL : NORMAL;
  }

  /** See {@link Outbox.keep}. */
  keep(now: number): void {
    for (const box of this.all) box.keep(now);
  }

  /** See {@link Outbox.again}. */
  again(now: number, send: Parameters<Outbox["again"]>[1]): void {
    for (const box of this.all) box.again(now, send);
  }

  /** Drops what was not handed over: nobody will take it. */
  drop(): void {
    for (const box of this.all) box.drop();
  }

  /** The peer has accepted so many numbered frames of each class. False when it cannot have. */
  acknowledge(accepted: Counts, now = 0): boolean {
    for (const priority of byUrgency) {
      const count = countOf(accepted, priority);
      const box = this.#boxes.get(priority);
      if (box === undefined ? count > 0 : !box.acknowledge(count, now)) return false;
    }
    if (!this.#underWay) this.#settle(now);
    return true;
  }

  /** More waits than the path takes. */
  get held(): boolean {
    return this.#pacer?.full === true;
  }

  // What each of them counts.

  give(bytes: number, now: number): void {
    this.given += bytes;
    this.#pacer?.give(bytes, now);
  }

  /** The peer has received so many bytes over this connection. False when not so many were given. */
  receive(bytes: number, now: number): boolean {
    if (bytes > this.given) return false;
    if (bytes > this.#received) this.#received = bytes;
    this.#pacer?.receive(bytes, now);
    return true;
  }

  /** Another connection, over another path. */
  restart(): void {
    this.given = this.#received = 0;
    this.#pacer?.restart();
  }

  /** The session goes on behind what the peer accepted. Throws ProtocolError when it cannot have accepted just that. */
  goOn(accepted: Counts): void {
    const before = this.accepted;
    if (byUrgency.some((priority) => countOf(accepted, priority) < countOf(before, priority)) || !this.acknowledge(accepted))
      throw new ProtocolError(`the peer goes on behind frame ${accepted}; it had accepted ${before}, and ${this.flushed} were sent`);
  }

  /** Calls back once everything that was numbered until now is accepted; at once when it is. */
  whenAcknowledged(resolve: () => void): void {
    const boxes = this.all;
    let left = boxes.length;
    for (const box of boxes)
      box.whenAcknowledged(() => {
        if (--left === 0) resolve();
      });
  }

  /** Nothing that is under way will be acknowledged. */
  #settle(now: number): void {
    this.#received = this.given;
    this.#pacer?.settle(now);
  }

  /** Whether the peer will acknowledge something of what the transport was given. */
  get #underWay(): boolean {
    return this.#any((box) => box.underWay);
  }

  /** Without a list where there is one alone: asked for every frame. */
  #any(is: (box: Outbox) => boolean): boolean {
    return this.#boxes.lone ? is(this.normal) : this.all.some(is);
  }

  /** Whose turn it is of those that wait. */
  #next(): Outbox | undefined {
    if (this.#boxes.lone) return this.normal.pending ? this.normal : undefined;
    const first = this.all.find((box) => box.pending);
    const bulk = this.#boxes.get(Priority.BULK);
    return first === this.normal && bulk?.pending && this.#normalBytes >= this.#bulkTurn ? bulk : first;
  }

  /** What a class may be given before it is another one's turn. */
  #turnOf(box: Outbox): number {
    const bulk = this.#boxes.get(Priority.BULK);
    if (bulk === undefined || !bulk.pending || box.priority === Priority.HIGH || box.priority === Priority.CONTROL)
      return Number.POSITIVE_INFINITY;
    if (box === bulk) return this.normal.pending ? this.#pacer!.piece : Number.POSITIVE_INFINITY;
    return Math.max(1, this.#bulkTurn - this.#normalBytes);
  }

  /** Bytes of NORMAL after which it is BULK's turn. */
  get #bulkTurn(): number {
    return NORMAL_TO_BULK * this.#pacer!.piece;
  }

  /** The path is busy: what waits goes on waiting until the peer has received more. */
  #hold(now: number): void {
    this.#pacer!.full = true;
    for (const box of this.all) if (box.pending) box.hold(now);
  }

  #add(priority: Exclude<Priority, typeof Priority.NORMAL>): Outbox {
    const box = new Outbox(shareOf(priority, this.#limit), this, priority);
    box.keeps = this.keeps;
    if (priority !== Priority.CONTROL) this.#pacer ??= new Pacer(this.given, this.#received);
    return this.#boxes.add(priority, box);
  }
}

function fullness(box: Outbox): number {
  return box.streamRoom ? 0 : box.room ? FULL_FOR_STREAMS : FULL_FOR_STREAMS + 1;
}

/** Bytes that a class may give beyond what the path takes. Answers are few, and much waits for them. */
function reserveOf(priority: Priority): number {
  if (priority === Priority.CONTROL) return Number.POSITIVE_INFINITY;
  return priority === Priority.HIGH ? RESERVE_BYTES : 0;
}
