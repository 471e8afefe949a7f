import { headerType, isIgnorable, isKnown } from "./frame.ts";
import { ProtocolError } from "./protocol-error.ts";

/** Gets each whole frame: `body` lies in `bytes` from `start` to `end` and is valid until the call returns; for good where they are its `own`. */
export type FrameSink = (header: number, bytes: Uint8Array, start: number, end: number, own: boolean) => boolean;

/** The most bytes of a frame before its body: the header byte and a length of at most 32 bits. */
const PREFIX_BYTES = 6;
/** The first memory for a frame whose length has not arrived. */
const MIN_CARRY_BYTES = 64;
/** Records that may hold pieces of one frame besides one for every {@link PIECE_BYTES}: each costs its receiver a tag and a copy. */
const SPARE_PIECES = 8;
/** An honest sender's pieces are two hundred times as long. */
const PIECE_BYTES = 256;

/**
 * Turns the plaintext of records into frames. A frame that lies whole in a record is handed on in place; a frame that spans records is
 * gathered in a buffer that grows as its bytes arrive, never ahead of them by more than their number.
 */
export class FrameAssembler {
  readonly #maxBody: (type: number) => number;
  #carry: Uint8Array | undefined;
  #carried = 0;
  /** Records that held something of the carried frame. */
  #pieces = 0;

  /** @param maxBody the largest body, in bytes, that a frame of this type may have */
  constructor(maxBody: (type: number) => number) {
    this.#maxBody = maxBody;
  }

  /** Bytes held for a frame whose end has not arrived. */
  get pendingBytes(): number {
    return this.#carried;
  }

  /** Forgets what is held: nothing more will come. */
  drop(): void {
    this.#carry = undefined;
    this.#carried = 0;
    this.#pieces = 0;
  }

  /** Takes the plaintext of one record. The sink answers false to stop: what follows is dropped. Throws ProtocolError. */
  push(bytes: Uint8Array, sink: FrameSink): void {
    let position = this.#carry === undefined ? 0 : this.#complete(bytes, sink);
    while (position >= 0 && position < bytes.length) {
      const size = this.#frameSize(bytes, position, bytes.length);
      if (size === 0 || position + size > bytes.length) {
        this.#keep(bytes, position, bytes.length, size);
        return;
      }
      position = deliver(bytes, position, position + size, sink, false);
    }
  }

  /** Adds bytes to the carried frame until it is whole. Returns the position behind it in `bytes`, or -1 when all went into the carry or the sink stopped. */
  #complete(bytes: Uint8Array, sink: FrameSink): number {
    this.#pieces++;
    this.#checkPieces(this.#frameSize(this.#carry!, 0, this.#carried));
    let position = 0;
    while (position < bytes.length) {
      const size = this.#frameSize(this.#carry!, 0, this.#carried);
      const missing = size === 0 ? 1 : size - this.#carried;
      const taken = Math.min(missing, bytes.length - position);
      this.#keep(bytes, position, position + taken, size);
      position += taken;
      if (size !== 0 && this.#carried === size) return this.#flush(sink) ? position : -1;
    }
    // A frame with an empty body is whole as soon as its prefix is.
    if (this.#carried === this.#frameSize(this.#carry!, 0, this.#carried)) this.#flush(sink);
    return -1;
  }

  #flush(sink: FrameSink): boolean {
    const frame = this.#carry!;
    const length = this.#carried;
    this.drop();
    return deliver(frame, 0, length, sink, true) >= 0;
  }

  /** @param size the frame's whole size; 0 while it is not known */
  #keep(bytes: Uint8Array, start: number, end: number, size: number): void {
    const needed = this.#carried + end - start;
    if (this.#carry === undefined || this.#carry.length < needed) {
      const grown = new Uint8Array(Math.max(needed, Math.min(2 * needed, size || MIN_CARRY_BYTES)));
      if (this.#carry) grown.set(this.#carry.subarray(0, this.#carried));
      this.#carry = grown;
    }
    this.#carry.set(bytes.subarray(start, end), this.#carried);
    this.#carried = needed;
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
    const limit = this.#maxBody(type);
    if (length > limit) throw new ProtocolError(`a frame of type ${type} announces ${length} bytes; the limit is ${limit}`);
  }
}

/** Hands one whole frame on. Returns the position behind it, or -1 when the sink stopped. */
function deliver(bytes: Uint8Array, start: number, end: number, sink: FrameSink, own: boolean): number {
  let body = start + 1;
  while (bytes[body]! >= 0x80) body++;
  return sink(bytes[start]!, bytes, body + 1, end, own) ? end : -1;
}
