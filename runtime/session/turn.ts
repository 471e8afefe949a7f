import type { Writer } from "../bytes/writer.ts";
import { FrameType, frameHeader, isSequenced } from "./frame.ts";
import { LONG_TURN_BYTES, returnTurnBuffer, TurnMemory, takeTurnBuffer } from "./turn-buffers.ts";

/** What a turn counts for beside its numbered frames, half of what keeping it takes: small answers that nobody accepts would take fifty times what the outbox may hold. */
export const TURN_BYTES = 128;

const VOLATILE_HEADER = frameHeader(FrameType.SEND_VOLATILE);

/** What one class writes in a turn of the event loop: frames one behind the other in one buffer, or a single frame that others have in memory as well. */
export class Turn {
  #writer: Writer | undefined;
  /** The one numbered frame of this turn, where others have the same in memory. With a buffer, it is also at its beginning. */
  #shared: Uint8Array | undefined;
  #start = -1;
  /** Left for a frame's length: as many as the one before it may have needed, so that nothing large is moved. */
  #lengthBytes = 1;
  #header = 0;
  /** What a turn is expected to take: as much as the one before it, if that was long. */
  #expected = 0;
  /** How many frames got a number in this turn. */
  numbered = 0;
  /** What they take, and the turn with them; 0 where there are none. */
  numberedBytes = 0;
  /** Bytes of volatile frames: nobody acknowledges them, so they are forgotten when they have left. */
  volatileBytes = 0;

  /** Whether a frame was begun. */
  get writing(): boolean {
    return this.#start >= 0;
  }

  get length(): number {
    return this.#writer?.position ?? this.#shared?.length ?? 0;
  }

  /** What was written, in place; undefined when nothing was. */
  get bytes(): Uint8Array | undefined {
    return this.#writer?.view() ?? this.#shared;
  }

  /** All numbered frames of this turn, in memory that nobody changes; undefined where they are in the buffer. */
  get shared(): Uint8Array | undefined {
    return this.#shared;
  }

  /** Begins a frame; its body is written into the returned writer, then {@link end} or {@link abandon} is called. */
  begin(type: FrameType): Writer {
    const writer = this.#ownBuffer();
    this.#start = writer.position;
    this.#header = frameHeader(type);
    writer.uint32(this.#header);
    writer.open(this.#lengthBytes);
    return writer;
  }

  /** Completes the frame that was begun. */
  end(): void {
    const writer = this.#writer!;
    writer.close(this.#start + 1, this.#lengthBytes);
    const bytes = writer.position - this.#start;
    this.#lengthBytes = bytes > LONG_TURN_BYTES ? 3 : 1;
    this.#start = -1;
    this.#wrote(this.#header, bytes);
  }

  /** A whole frame that others send as well: nobody changes it, and while no other numbered frame is in its turn nobody copies it. */
  put(frame: Uint8Array): void {
    const header = frame[0]!;
    const alone = this.bytes === undefined && isSequenced(header);
    if (!alone) this.#ownBuffer().raw(frame);
    this.#wrote(header, frame.length);
    if (alone) this.#shared = frame;
  }

  /** Takes back the frame that was begun. */
  abandon(): void {
    this.#writer!.position = this.#start;
    if (this.#start === 0) this.clear();
    this.#start = -1;
  }

  /** Begins with what was written elsewhere. Nothing was written here. */
  beginWith(writer: Writer): void {
    this.#writer = writer;
  }

  /** The memory of a long turn, which is not copied to be kept; undefined where the turn is short, or somebody else's. */
  detach(): TurnMemory | undefined {
    const writer = this.#writer;
    const long = writer !== undefined && writer.position > LONG_TURN_BYTES && 4 * writer.position > writer.buffer.length;
    this.#expected = long ? writer.position : 0;
    if (!long) return undefined;
    this.#writer = undefined;
    return TurnMemory.of(writer);
  }

  /** Its numbered frames are counted with all that wait to be accepted. */
  counted(): void {
    this.numbered = this.numberedBytes = 0;
  }

  /** It is over: its buffer is used by others. */
  clear(): void {
    if (this.#writer !== undefined) returnTurnBuffer(this.#writer);
    this.#writer = this.#shared = undefined;
    this.volatileBytes = 0;
  }

  #wrote(header: number, bytes: number): void {
    if (isSequenced(header)) {
      this.#shared = undefined;
      this.numbered++;
      this.numberedBytes ||= TURN_BYTES;
      this.numberedBytes += bytes;
    } else if (header === VOLATILE_HEADER) this.volatileBytes += bytes;
  }

  /** The turn's buffer, with all in it that was queued in this turn. */
  #ownBuffer(): Writer {
    if (this.#writer === undefined) {
      this.#writer = takeTurnBuffer(this.#expected);
      if (this.#shared !== undefined) this.#writer.raw(this.#shared);
    }
    return this.#writer;
  }
}
