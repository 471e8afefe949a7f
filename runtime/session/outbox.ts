import type { Writer } from "../bytes/writer.ts";
import { RecordKind } from "../channel/channel.ts";
import { FrameType, frameHeader, isSequenced } from "./frame.ts";
import { Priority } from "./priority.ts";
import { numberedFrames, type ReplayBuffer } from "./replay-buffer.ts";
import { returnTurnBuffer, takeTurnBuffer } from "./turn-buffers.ts";

/** What was numbered by one flush, to be freed when the peer acknowledges its last frame. */
interface Unacked {
  readonly upTo: number;
  readonly bytes: number;
}

const VOLATILE_HEADER = frameHeader(FrameType.SEND_VOLATILE);

/** Where a turn's bytes go. They are read before it returns. */
export interface RecordSink {
  send(recordKind: number, bytes: Uint8Array): void;
}

/**
 * Everything on its way out in one class of priority. Frames of one turn of the event loop are encoded one behind the other into one buffer, which leaves as a whole at the
 * end of the turn; what was numbered stays counted until the peer has accepted it, and that count is the backpressure.
 */
export class Outbox {
  readonly priority: Priority;
  readonly #limit: number;
  readonly #schedule: () => void;
  #writer: Writer | undefined;
  #start = -1;
  #mark = 0;
  #header = 0;
  #scheduled = false;

  #numbered = 0;
  #numberedAtFlush = 0;
  #handed = 0;
  #turnBytes = 0;
  /** Bytes of volatile frames in this turn: nobody acknowledges them, so they are forgotten when they have left. */
  #volatileBytes = 0;
  #acked = 0;
  #unackedBytes = 0;
  readonly #unacked: Unacked[] = [];
  #replay: ReplayBuffer | undefined;
  readonly #flushWaiters: { readonly upTo: number; readonly resolve: () => void }[] = [];

  /**
   * @param limit bytes that may be unacknowledged or unsent before {@link room} says no
   * @param schedule asks for a flush at the end of the turn
   */
  constructor(limit: number, schedule: () => void, priority: Priority = Priority.NORMAL) {
    this.priority = priority;
    this.#limit = limit;
    this.#schedule = schedule;
  }

  /** From here on, what is sent is kept until the peer has accepted it. */
  keepIn(replay: ReplayBuffer): void {
    this.#replay = replay;
  }

  /** Whether what is sent can be sent again: the session may outlive its connection. */
  get keeps(): boolean {
    return this.#replay !== undefined;
  }

  /** What is kept to be sent again. */
  get replay(): ReplayBuffer | undefined {
    return this.#replay;
  }

  /** Bytes that are held for the peer: sent and not accepted, or not sent. */
  get heldBytes(): number {
    return this.#unackedBytes + this.#turnBytes;
  }

  /** Whether one more message may be queued now. The last one may overshoot the limit by its own size. */
  get room(): boolean {
    return this.heldBytes < this.#limit;
  }

  /** Whether a volatile one-way may be queued now: while half the outbox is free, so that it never takes the room of what must arrive. */
  get volatileRoom(): boolean {
    return 2 * (this.heldBytes + this.#volatileBytes) < this.#limit;
  }

  /** Whether anything waits for the end of the turn. */
  get pending(): boolean {
    return this.#writer !== undefined && this.#writer.position > 0;
  }

  /** How many numbered frames were given to a transport. */
  get flushed(): number {
    return this.#handed;
  }

  /** Whether the peer still has to accept something. */
  get unacknowledged(): boolean {
    return this.#numbered > this.#acked;
  }

  /** How many frames were numbered so far. */
  get numbered(): number {
    return this.#numbered;
  }

  /** Begins a frame; its body is written into the returned writer, then {@link end} or {@link abandon} is called. Frames do not nest. */
  begin(type: FrameType): Writer {
    if (this.#start >= 0) throw new Error("a frame was begun inside another: a message's getter or iterable sent something");
    this.#writer ??= takeTurnBuffer();
    const writer = this.#writer;
    this.#start = writer.position;
    this.#header = frameHeader(type);
    writer.uint32(this.#header);
    this.#mark = writer.open();
    return writer;
  }

  /** Completes the frame that was begun. */
  end(): void {
    const writer = this.#writer!;
    writer.close(this.#mark);
    if (isSequenced(this.#header)) {
      this.#numbered++;
      this.#turnBytes += writer.position - this.#start;
    } else if (this.#header === VOLATILE_HEADER) this.#volatileBytes += writer.position - this.#start;
    this.#start = -1;
    if (!this.#scheduled) {
      this.#scheduled = true;
      this.#schedule();
    }
  }

  /** Takes back the frame that was begun. */
  abandon(): void {
    this.#writer!.position = this.#start;
    if (this.#start === 0) this.#release();
    this.#start = -1;
  }

  /**
   * Hands the turn's bytes over, as a quiet record when no command is in them.
   *
   * @param now on the timers' scale
   */
  flush(sink: RecordSink, now = 0): void {
    this.#scheduled = false;
    const writer = this.#writer;
    if (writer === undefined) return;
    const numbered = this.#numbered > this.#numberedAtFlush;
    const quiet = !numbered && this.#volatileBytes === 0 && this.priority === Priority.NORMAL;
    if (numbered) this.#count(writer, now);
    this.#handed = this.#numbered;
    sink.send(quiet ? RecordKind.QUIET : this.priority, writer.buffer.subarray(0, writer.position));
    this.#release();
  }

  /**
   * Keeps the turn's bytes for the next connection, with the time at which they would have left. What has no number is of no use there.
   *
   * @param now on the timers' scale
   */
  keep(now: number): void {
    this.#scheduled = false;
    if (this.#writer === undefined || this.#start >= 0) return;
    if (this.#numbered > this.#numberedAtFlush) this.#count(this.#writer, now);
    this.#release();
  }

  /** What was kept has been given to a transport. */
  handed(): void {
    this.#handed = this.#numberedAtFlush;
  }

  /** Drops what was not handed over: nobody will take it. */
  drop(): void {
    if (this.#start < 0) this.#release();
    this.#replay?.clear();
  }

  /** The peer has accepted this many numbered frames. False when it cannot have. True says nothing about progress. */
  acknowledge(accepted: number): boolean {
    if (accepted > this.#handed) return false;
    if (accepted <= this.#acked) return true;
    this.#acked = accepted;
    this.#replay?.accept(accepted);
    let done = 0;
    while (done < this.#unacked.length && this.#unacked[done]!.upTo <= accepted) this.#unackedBytes -= this.#unacked[done++]!.bytes;
    if (done > 0) this.#unacked.splice(0, done);
    while (this.#flushWaiters.length > 0 && this.#flushWaiters[0]!.upTo <= accepted) this.#flushWaiters.shift()!.resolve();
    return true;
  }

  /** How many numbered frames the peer accepted. */
  get accepted(): number {
    return this.#acked;
  }

  /** Calls back once everything that was numbered until now is accepted; at once when it is. */
  whenAcknowledged(resolve: () => void): void {
    if (this.#acked >= this.#numbered) resolve();
    else this.#flushWaiters.push({ upTo: this.#numbered, resolve });
  }

  /** The turn is complete: from here on it waits for its acknowledgement. */
  #count(writer: Writer, now: number): void {
    const bytes = writer.view();
    const kept = this.#volatileBytes === 0 ? bytes : numberedFrames(bytes);
    this.#replay?.keep(kept, this.#numbered, this.#numbered - this.#numberedAtFlush, now);
    this.#unacked.push({ upTo: this.#numbered, bytes: this.#turnBytes });
    this.#unackedBytes += this.#turnBytes;
    this.#turnBytes = 0;
    this.#numberedAtFlush = this.#numbered;
  }

  #release(): void {
    if (this.#writer !== undefined) returnTurnBuffer(this.#writer);
    this.#writer = undefined;
    this.#volatileBytes = 0;
  }
}
