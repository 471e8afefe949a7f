import { exhausted, unsendable } from "./fault.ts";
import { putText } from "./utf8.ts";
import { putVarint, putVarint64, varintLength } from "./varint.ts";

/** The largest buffer, in bytes: positions stay small integers, and no message comes near it. */
const maxCapacity = 0x3fffffff;

/** Where a writer grows, if not in memory of its own. */
export interface GrowthMemory {
  /** At least so many bytes, with whatever they held before. */
  take(bytes: number): Uint8Array;
  /** What the writer has outgrown. */
  give(memory: Uint8Array): void;
}

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
  readonly #memory: GrowthMemory | undefined;

  /** @param initialCapacity bytes */
  constructor(initialCapacity = 256, memory?: GrowthMemory) {
    this.#memory = memory;
    this.buffer = new Uint8Array(initialCapacity);
    this.position = 0;
    this.elements = 0;
  }

  /** Makes room for `bytes` more. */
  ensure(bytes: number): void {
    if (this.buffer.length - this.position < bytes) this.grow(bytes);
  }

  /** Makes room where {@link ensure} finds too little of it. */
  grow(bytes: number): void {
    const { buffer, position } = this;
    const needed = position + bytes;
    if (!(needed <= maxCapacity)) exhausted("1 GiB", "the message is too large to encode");
    this.buffer = this.#memory?.take(needed) ?? new Uint8Array(Math.min(maxCapacity, Math.max(needed, buffer.length * 2)));
    this.buffer.set(buffer.subarray(0, position));
    this.#memory?.give(buffer);
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
    this.position =
      value < 0x100000000
        ? putVarint(this.buffer, this.position, value)
        : putVarint64(this.buffer, this.position, value >>> 0, Math.floor(value / 0x100000000));
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
    this.ensure(text.length * 3 + 5);
    this.position = putText(this.buffer, this.position, text, field);
  }

  /** Begins a submessage or a map entry, which is an element, with its tag; give the mark to {@link close} at its end. */
  openElement(tag: number): number {
    this.elements++;
    let mark = this.position;
    if (this.buffer.length - mark < 6) this.grow(6);
    if (tag > 0x7f) mark = putVarint(this.buffer, mark, tag);
    else this.buffer[mark++] = tag;
    this.position = mark + 1;
    return mark;
  }

  /** Writes a submessage, which is an element, with `write`: its tag, its length and its fields. */
  message<T>(tag: number, message: T, write: (writer: Writer, message: T) => void): void {
    const mark = this.openElement(tag);
    write(this, message);
    this.close(mark);
  }

  /** Writes a submessage, which is an element, between the tags of a group. */
  group<T>(tag: number, message: T, write: (writer: Writer, message: T) => void): void {
    this.elements++;
    this.uint32(tag);
    write(this, message);
    this.uint32(tag + 1);
  }

  /** Fields that the schema does not know, as they came. */
  unknown(fields: Uint8Array | undefined): void {
    if (fields !== undefined) this.raw(fields);
  }

  /**
   * Begins a length-delimited part; give the mark to {@link close} at its end, with as many `lengthBytes`.
   *
   * @param lengthBytes left for its length. Where that takes others, what follows is moved.
   */
  open(lengthBytes = 1): number {
    this.ensure(lengthBytes);
    const mark = this.position;
    this.position += lengthBytes;
    return mark;
  }

  /** Ends the part that began at `mark` and puts its length before it, as the shortest varint. */
  close(mark: number, lengthBytes = 1): void {
    const start = mark + lengthBytes;
    const length = this.position - start;
    if (start === mark + 1 && length < 0x80) this.buffer[mark] = length;
    else this.#longLength(mark, start, length);
  }

  /** Puts the length of what begins at `start` at `mark`. */
  #longLength(mark: number, start: number, length: number): void {
    const moved = mark + varintLength(length) - start;
    this.ensure(moved);
    if (moved !== 0) this.buffer.copyWithin(start + moved, start, start + length);
    putVarint(this.buffer, mark, length);
    this.position += moved;
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
