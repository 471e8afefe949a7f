import { headerType, isIgnorable, isKnown, maxBodyBytes } from "./frame.ts";
import type { Limits } from "./limits.ts";
import type { Opening } from "./opening.ts";
import { bodyStart, type PartialFrame, PREFIX_BYTES } from "./partial-frame.ts";
import type { Priority } from "./priority.ts";
import { ProtocolError } from "./protocol-error.ts";

/**
 * Gets each whole frame: its body lies in `bytes` from `start` to `end` and is valid until the call returns; for good where it was gathered, which `partial` is then. Of a
 * message that was let go only the beginning of its body is there.
 */
export type FrameSink = (header: number, bytes: Uint8Array, start: number, end: number, partial?: PartialFrame) => boolean;

/** Makes what holds a frame of a class in pieces. */
export interface PartialFrames {
  partial(priority: Priority): PartialFrame;
}

/** The session whose frames they are. */
export interface FramesHost {
  /** Until it is open, this says which frames may have how large a body. */
  readonly opening: Pick<Opening, "maxBody"> | undefined;
  readonly limits: Pick<Limits, "messageBytes">;
  readonly handler: PartialFrames;
}

/** Records that may hold pieces of one frame besides one for every {@link PIECE_BYTES}: each costs its receiver a tag and a copy. */
const SPARE_PIECES = 8;
/** An honest sender's pieces are two hundred times as long. */
const PIECE_BYTES = 256;

/**
 * Turns the plaintext of records into frames. A frame that lies whole in a record is handed on in place; one that spans records is gathered
 * ({@link PartialFrame}).
 */
export class FrameAssembler {
  readonly #host: FramesHost;
  readonly #priority: Priority;
  /** The frame whose end has not come. */
  partial: PartialFrame | undefined;
  /** Records that held something of it. */
  #pieces = 0;

  constructor(host: FramesHost, priority: Priority) {
    this.#host = host;
    this.#priority = priority;
  }

  /** Bytes that came of it. */
  get pendingBytes(): number {
    return this.partial?.came ?? 0;
  }

  /** Forgets what is held: nothing more will come. */
  drop(): void {
    this.partial?.free?.();
    this.partial = undefined;
    this.#pieces = 0;
  }

  /** Takes the plaintext of one record. The sink answers false to stop: what follows is dropped. Throws ProtocolError. */
  push(bytes: Uint8Array, sink: FrameSink): void {
    let position = this.partial === undefined ? 0 : this.#complete(this.partial, bytes, sink);
    while (position >= 0 && position < bytes.length) {
      const size = this.#frameSize(bytes, position, bytes.length);
      if (size === 0 || position + size > bytes.length) {
        this.partial = this.#host.handler.partial(this.#priority);
        this.partial.add(bytes, position, bytes.length, size);
        return;
      }
      position = deliver(bytes, position, position + size, sink);
    }
  }

  /** Adds bytes to the partial frame until it is whole. Returns the position behind it in `bytes`, or -1 when all went into it or the sink stopped. */
  #complete(partial: PartialFrame, bytes: Uint8Array, sink: FrameSink): number {
    this.#pieces++;
    let size = this.#frameSize(partial.bytes, 0, partial.kept);
    this.#checkPieces(size);
    let position = 0;
    while (position < bytes.length) {
      const missing = size === 0 ? 1 : size - partial.came;
      const taken = Math.min(missing, bytes.length - position);
      partial.add(bytes, position, position + taken, size);
      position += taken;
      size ||= this.#frameSize(partial.bytes, 0, partial.kept);
      // A frame with an empty body is whole as soon as its prefix is.
      if (size === partial.came) return this.#flush(partial, sink) ? position : -1;
    }
    return -1;
  }

  #flush(partial: PartialFrame, sink: FrameSink): boolean {
    this.drop();
    return deliver(partial.bytes, 0, partial.kept, sink, partial) >= 0;
  }

  #checkPieces(size: number): void {
    const most = SPARE_PIECES + Math.floor(size / PIECE_BYTES);
    if (this.#pieces >= most) throw new ProtocolError(`a frame of ${size || "some"} bytes comes in more than ${most} records`);
  }

  /** The whole size of the frame at `position`, checked against its limit; 0 while its prefix is not complete. */
  #frameSize(bytes: Uint8Array, position: number, end: number): number {
    let length = 0;
    for (let index = 1; index < PREFIX_BYTES; index++) {
      if (position + index >= end) return 0;
      const byte = bytes[position + index]!;
      length += (byte & 0x7f) * 2 ** (7 * (index - 1));
      if (byte < 0x80) {
        this.#check(bytes[position]!, length);
        return 1 + index + length;
      }
    }
    throw new ProtocolError("a frame's length takes more than five bytes");
  }

  #check(header: number, length: number): void {
    const type = headerType(header);
    if (!isKnown(type) && !isIgnorable(header)) throw new ProtocolError(`unknown frame type ${type}`);
    const { opening, limits } = this.#host;
    const limit = opening === undefined ? maxBodyBytes(type, limits.messageBytes) : opening.maxBody(type);
    if (length > limit) throw new ProtocolError(`a frame of type ${type} announces ${length} bytes; the limit is ${limit}`);
  }
}

/** Hands one whole frame on. Returns the position behind it, or -1 when the sink stopped. */
function deliver(bytes: Uint8Array, start: number, end: number, sink: FrameSink, partial?: PartialFrame): number {
  return sink(bytes[start]!, bytes, bodyStart(bytes, start), end, partial) ? end : -1;
}
