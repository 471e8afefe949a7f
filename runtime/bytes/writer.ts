import { exhausted, unsendable } from "./fault.ts";
import { putUtf8, shortText } from "./utf8.ts";
import { putVarint, putVarint64, varintLength } from "./varint.ts";

/** The largest buffer, in bytes: positions stay small integers, and no message comes near it. */
const maxCapacity = 0x3fffffff;

/**
 * A buffer that grows, and a position in it. Generated code and the session's frames are written with one; it is reused after `reset`.
 * Owns `buffer` until it grows or is dropped: what `view` returns is valid until the next write, what `finish` returns belongs to the caller.
 */
export class Writer {
  buffer: Uint8Array;
  /** Bytes written so far. */
  position: number;
  /** Objects and list or map entries written so far: what a receiver's `decodeElements` counts. */
  elements: number;

  /** @param initialCapacity bytes */
  constructor(initialCapacity = 256) {
    this.buffer = new Uint8Array(initialCapacity);
    this.position = 0;
    this.elements = 0;
  }

  /** Makes room for `bytes` more. */
  ensure(bytes: number): void {
    if (this.buffer.length - this.position < bytes) grow(this, bytes);
  }

  /** A raw varint. Throws CommandError INVALID_ARGUMENT unless `value` is an integer from 0 to 2³²−1. */
  uint32(value: number): void {
    if (typeof value !== "number" || value >>> 0 !== value) unsendable("", value, "a uint32");
    this.ensure(5);
    if (value < 0x80) this.buffer[this.position++] = value;
    else this.position = putVarint(this.buffer, this.position, value);
  }

  /** A raw varint. Throws CommandError INVALID_ARGUMENT unless `value` is an integer from 0 to 2⁵³−1. */
  uintNumber(value: number): void {
    if (!(Number.isSafeInteger(value) && value >= 0)) unsendable("", value, "an unsigned integer below 2^53");
    this.ensure(10);
    this.position = putVarint64(this.buffer, this.position, value >>> 0, Math.floor(value / 0x100000000));
  }

  /** The bytes as they are, without their length. */
  raw(bytes: Uint8Array): void {
    const length = bytes.length;
    this.ensure(length);
    if (length > 16) this.buffer.set(bytes, this.position);
    else for (let i = 0; i < length; i++) this.buffer[this.position + i] = bytes[i]!;
    this.position += length;
  }

  /**
   * A varint length and the text in UTF-8. Throws CommandError INVALID_ARGUMENT for a lone surrogate.
   *
   * @param field named in the error
   */
  string(text: string, field = ""): void {
    if (typeof text !== "string") unsendable(field, text, "a string");
    const units = text.length;
    this.ensure(units * 3 + 5);
    if (units > shortText || !this.#ascii(text)) this.#text(text, field);
  }

  /** Short ASCII text with its length of one byte; false, with nothing written, when it is not ASCII. */
  #ascii(text: string): boolean {
    const { buffer, position } = this;
    const units = text.length;
    const start = position + 1;
    for (let i = 0; i < units; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) return false;
      buffer[start + i] = unit;
    }
    buffer[position] = units;
    this.position = start + units;
    return true;
  }

  /** Text that is long or not ASCII. There is room for three bytes a unit and the length. */
  #text(text: string, field: string): void {
    const start = this.position;
    // Lengths are nearly always those of ASCII; otherwise the text moves by a byte.
    const guess = varintLength(text.length);
    const end = putUtf8(this.buffer, start + guess, text);
    if (end < 0) unsendable(field, text, "well-formed: it holds a lone surrogate");
    this.#lengthBefore(start, guess, end - start - guess);
  }

  /** Begins a length-delimited part; give the mark to {@link close} at its end. */
  open(): number {
    this.ensure(1);
    return this.position++;
  }

  /** Ends the part that began at `mark` and puts its length before it, as the shortest varint. */
  close(mark: number): void {
    const length = this.position - mark - 1;
    if (length < 0x80) this.buffer[mark] = length;
    else this.#lengthBefore(mark, 1, length);
  }

  /** Puts a length where `reserved` bytes were left for it at `start`, moving what follows when it needs more. */
  #lengthBefore(start: number, reserved: number, length: number): void {
    const needed = varintLength(length);
    const body = start + reserved;
    this.position = body + length;
    if (needed > reserved) {
      this.ensure(needed - reserved);
      this.buffer.copyWithin(start + needed, body, body + length);
      this.position = start + needed + length;
    }
    putVarint(this.buffer, start, length);
  }

  /** Begins anew, in the same buffer. */
  reset(): void {
    this.position = 0;
  }

  /** What was written, in place: valid until the next write. */
  view(): Uint8Array {
    return this.buffer.subarray(0, this.position);
  }

  /** A copy of what was written, which the caller owns. */
  finish(): Uint8Array {
    return this.buffer.slice(0, this.position);
  }
}

function grow(writer: Writer, bytes: number): void {
  const needed = writer.position + bytes;
  if (!(needed <= maxCapacity)) exhausted("1 GiB", "the message is too large to encode");
  const buffer = new Uint8Array(Math.min(maxCapacity, Math.max(needed, writer.buffer.length * 2)));
  buffer.set(writer.buffer.subarray(0, writer.position));
  writer.buffer = buffer;
}
