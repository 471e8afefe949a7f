import { Reader } from "../bytes/reader.ts";
import { headerType, isIgnorable, isKnown, maxBodyBytes } from "./frame.ts";
import type { Limits } from "./limits.ts";
import type { Opening } from "./opening.ts";
import { bodyStart, type PartialFrame, PREFIX_BYTES } from "./partial-frame.ts";
import type { Priority } from "./priority.ts";
import { ProtocolError } from "./protocol-error.ts";

/**
 * Gets each whole frame. The reader stands at its body and is valid until the call returns; where the frame was gathered, its bytes are for good. Of a message that was
 * let go only the beginning of its body is there, and `size` says how large that was. Answers false to stop.
 */
export type FrameSink = (header: number, body: Reader, size: number) => boolean;

/** Makes what holds a frame of a class in pieces. */
export interface PartialFrames {
  partial(priority: Priority): PartialFrame;
}

/** The session whose frames they are. */
export interface FramesHost {
  /** Until it is open, this says which frames may have how large a body. */
  readonly opening: Pick<Opening, "maxBody"> | undefined;
  readonly limits: Pick<Limits, "messageBytes" | "decodeElements">;
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
    if (position < 0) return;
    const { decodeElements } = this.#host.limits;
    // One for all frames of the record: to make one costs a tenth of what a small message takes.
    let body: Reader | undefined;
    while (position < bytes.length) {
      const size = this.#frameSize(bytes, position, bytes.length);
      const end = position + size;
      if (size === 0 || end > bytes.length) {
        this.partial = this.#host.handler.partial(this.#priority);
        this.partial.add(bytes, position, bytes.length, size);
        return;
      }
      const start = bodyStart(bytes, position);
      if (body === undefined) body = new Reader(bytes, start, end, decodeElements);
      else body.move(start, end, decodeElements);
      if (!sink(bytes[position]!, body, end - start)) return;
      position = end;
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
    const { bytes, kept, came, missing } = partial;
    const start = bodyStart(bytes, 0);
    const body = new Reader(bytes, start, kept, this.#host.limits.decodeElements, true);
    body.missing = missing;
    return sink(bytes[0]!, body, came - start);
  }

  #checkPieces(size: number): void {
    const most = SPARE_PIECES + Math.floor(size / PIECE_BYTES);
    if (this.#pieces >= most) throw new ProtocolError(`a frame of ${size || "some"} bytes comes in more than ${most} records`);
  }

  /** The whole size of the frame at `position`, checked against its limit; 0 while its prefix is not complete. */
  #frameSize(bytes: Uint8Array, position: number, end: number): number {
    let length = 0;
    let scale = 1;
    for (let index = 1; index < PREFIX_BYTES; index++) {
      if (position + index >= end) return 0;
      const byte = bytes[position + index]!;
      length += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        this.#check(bytes[position]!, length);
        return 1 + index + length;
      }
      scale *= 128;
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
