import type { Writer } from "../bytes/writer.ts";
import { type Counts, countEach, countOf } from "./counts.ts";
import type { FrameType } from "./frame.ts";
import { Outbox, type RecordSink } from "./outbox.ts";
import { ByPriority, byUrgency, Priority, shareOf } from "./priority.ts";
import { ReplayBuffer } from "./replay-buffer.ts";

/** The outboxes of a session: one for each class of priority that was used. A class that is full holds no other one back. */
export class Outboxes {
  readonly #limit: number;
  readonly #schedule: () => void;
  readonly #boxes: ByPriority<Outbox>;
  /** The one in which a frame was begun. */
  #begun: Outbox | undefined;
  #greets = false;

  /**
   * @param limit bytes that each class but the two lesser ones may hold, see {@link shareOf}
   * @param schedule asks for a flush at the end of the turn
   */
  constructor(limit: number, schedule: () => void) {
    this.#limit = limit;
    this.#schedule = schedule;
    this.#boxes = new ByPriority(new Outbox(limit, schedule));
  }

  get normal(): Outbox {
    return this.#boxes.normal;
  }

  /** Those that were used, of the most urgent class first. */
  get all(): readonly Outbox[] {
    return this.#boxes.all;
  }

  of(priority: Priority): Outbox {
    return this.#boxes.get(priority) ?? this.#add(priority);
  }

  /** Begins a frame; its body is written into the returned writer, then {@link end} or {@link abandon} is called. Frames do not nest. */
  begin(type: FrameType, priority: Priority): Writer {
    if (this.#begun !== undefined) throw new Error("a frame was begun inside another: a message's getter or iterable sent something");
    this.#begun = this.of(priority);
    return this.#begun.begin(type);
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

  /** From here on, what is sent is kept until the peer has accepted it. */
  keepAll(): void {
    for (const box of this.all) box.keepIn(new ReplayBuffer());
  }

  /** Whether what is sent can be sent again: the session may outlive its connection. */
  get keeps(): boolean {
    return this.normal.keeps;
  }

  /** Bytes that are held for the peer. */
  get heldBytes(): number {
    let bytes = 0;
    for (const box of this.all) bytes += box.heldBytes;
    return bytes;
  }

  /** The classes without room, a bit for each. */
  get full(): number {
    let full = 0;
    for (const box of this.all) if (!box.room) full |= 1 << box.priority;
    return full;
  }

  /** Whether anything waits for the end of the turn. */
  get pending(): boolean {
    for (const box of this.all) if (box.pending) return true;
    return false;
  }

  /** Whether the peer still has to accept something. */
  get unacknowledged(): boolean {
    for (const box of this.all) if (box.unacknowledged) return true;
    return false;
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

  /** Hands over what waits, the most urgent first. See {@link Outbox.flush}. */
  flush(sink: RecordSink, now: number): void {
    if (this.#greets) this.normal.flush(sink, now);
    this.#greets = false;
    for (const box of this.all) box.flush(sink, now);
  }

  /** See {@link Outbox.keep}. */
  keep(now: number): void {
    for (const box of this.all) box.keep(now);
  }

  /** What was kept has been given to a transport. */
  handed(): void {
    for (const box of this.all) box.handed();
  }

  /** Drops what was not handed over: nobody will take it. */
  drop(): void {
    for (const box of this.all) box.drop();
  }

  /** The peer has accepted so many numbered frames of each class. False when it cannot have. */
  acknowledge(accepted: Counts): boolean {
    for (const priority of byUrgency) {
      const count = countOf(accepted, priority);
      const box = this.#boxes.get(priority);
      if (box === undefined ? count > 0 : !box.acknowledge(count)) return false;
    }
    return accepted.length <= byUrgency.length;
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

  #add(priority: Priority): Outbox {
    if (priority === Priority.NORMAL) return this.normal;
    const box = new Outbox(shareOf(priority, this.#limit), this.#schedule, priority);
    if (this.keeps) box.keepIn(new ReplayBuffer());
    return this.#boxes.add(priority, box);
  }
}
