import type { Draft, Extensible } from "../schema/message-type.ts";
import { exhausted, malformed } from "./fault.ts";
import { putInt32 } from "./put-scalar.ts";
import { hasLatin1, isAscii, latin1Text, utf8Text } from "./utf8.ts";
import { putVarint, varintLength } from "./varint.ts";
import { Writer } from "./writer.ts";

/** Objects and list or map entries of one decoded message, unless its reader is told otherwise. The session's limit of the same name. */
export const defaultDecodeElements = 100_000;

/** How deep messages, groups and unknown groups may nest: protobuf's own usual bound. */
export const decodeDepth = 100;

const noBytes = new Uint8Array(0);

/** Below this many bytes, strings of a message, and of those behind it in the same bytes, are slices of one shared string; a kept slice keeps no more than this alive. */
const sharedTextBytes = 512;

/**
 * A position in bytes that a peer sent. Every length is checked before it is used, and everything that costs memory beyond the bytes
 * themselves is counted. All methods throw CommandError INVALID_ARGUMENT for malformed bytes.
 * Borrows the bytes: only what `raw` returns refers to them, everything else is copied.
 */
export class Reader {
  bytes: Uint8Array;
  position = 0;
  /** Nothing is read at or after this position. */
  end = 0;
  /** How many more submessages, list and map entries may be made. */
  elements = 0;
  /** How many messages and groups are open. */
  depth = 0;
  /** The bytes are nobody else's: what takes most of them refers to them, also where it would be a copy. */
  readonly own: boolean;
  /** Whether fields with the option `view` refer to the bytes; false where the message outlives them, and they are copied. */
  views = true;
  /** Why the message is not here, though what is before it is; undefined when it is. */
  missing: Error | undefined = undefined;
  /** The tag that ends the innermost open group, and the depth at which it does; 0 when there is none. */
  #groupEnd = 0;
  #groupDepth = 0;
  /** Where the innermost group ended; -1 while it is open. */
  #groupStop = -1;
  /** Whether the bytes are a copy, in which a tag may be written anew. */
  #copied = false;
  /** Where messages with more than one unknown field gather them. */
  #unknown: Map<Extensible, Writer> | undefined = undefined;
  /** What strings are slices of: the bytes from `#textStart` to `#textEnd`. */
  #text = "";
  #textStart = 0;
  #textEnd = 0;
  /** Where it may end at the most; 0 where none is shared. */
  #textLimit = 0;

  /**
   * @param end the position behind the last byte; default: all bytes
   * @param elements the budget of objects and entries
   * @param own whether the bytes are given to the messages that are read
   */
  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length, elements: number = defaultDecodeElements, own = false) {
    this.bytes = bytes;
    this.own = own;
    this.move(start, end, elements);
    if (this.#textLimit > 0) this.#textLimit = end;
  }

  /** Begins anew with all of these bytes, behind a message that was read to its end: what such a message leaves as it was is not set again. */
  begin(bytes: Uint8Array): void {
    const { length } = bytes;
    this.bytes = bytes;
    this.position = 0;
    this.end = length;
    this.#textEnd = 0;
    this.#textLimit = hasLatin1 && length < sharedTextBytes ? length : 0;
  }

  /** Keeps nothing alive of a message that was read to its end. */
  forget(): void {
    this.bytes = noBytes;
    this.#copied = false;
    this.#unknown = undefined;
    this.#text = "";
  }

  /** Goes on to another message, further on in the same bytes, all of which are messages. */
  move(start: number, end: number, elements: number): void {
    if (!(start >= 0 && start <= end && end <= this.bytes.length)) throw new RangeError("the part to read is not within the bytes");
    this.position = start;
    this.end = end;
    this.elements = elements;
    this.depth = 0;
    this.views = true;
    this.missing = undefined;
    this.#groupEnd = 0;
    this.#groupDepth = 0;
    this.#groupStop = -1;
    this.#unknown = undefined;
    this.#textLimit = hasLatin1 && end - start < sharedTextBytes ? this.bytes.length : 0;
  }

  /** Whether the field with this tag of one byte comes next, before `end`; its tag is passed over then. */
  next(tag: number, end: number): boolean {
    const position = this.position;
    if (position >= end || this.bytes[position] !== tag) return false;
    this.position = position + 1;
    return true;
  }

  /** A varint, cut to its low 32 bits as protobuf demands. */
  uint32(): number {
    const position = this.position;
    if (position < this.end) {
      const byte = this.bytes[position]!;
      if (byte < 0x80) {
        this.position = position + 1;
        return byte;
      }
    }
    return longUint32(this);
  }

  /** A varint below 2⁵³. */
  uintNumber(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      if (this.position >= this.end) malformed("it ends within a varint");
      const byte = this.bytes[this.position++]!;
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) malformed("a number is 2^53 or more");
      if (byte < 0x80) return value;
      scale *= 128;
    }
    return malformed("a varint is longer than 10 bytes");
  }

  /** Passes over `length` bytes and returns where they began. */
  advance(length: number): number {
    const start = this.position;
    if (length > this.end - start) malformed(`a length of ${length} reaches past the end`);
    this.position = start + length;
    return start;
  }

  /** A view of `length` bytes, in the memory of whoever made the reader. */
  raw(length: number): Uint8Array {
    const start = this.advance(length);
    return this.bytes.subarray(start, start + length);
  }

  /** `length` bytes that whoever gets them owns: a copy, or most of what this reader was given for good. */
  copy(length: number): Uint8Array {
    if (this.own && 2 * length > this.bytes.length) return this.raw(length);
    const start = this.advance(length);
    const copy = new Uint8Array(length);
    if (length > 32) copy.set(this.bytes.subarray(start, start + length));
    else for (let i = 0; i < length; i++) copy[i] = this.bytes[start + i]!;
    return copy;
  }

  /** What a field with the option `view` gets: a view, or a copy where {@link views} is false. */
  view(length: number): Uint8Array {
    return this.views ? this.raw(length) : this.copy(length);
  }

  /** Text of `length` bytes, which must be valid UTF-8. */
  string(length: number): string {
    const start = this.advance(length);
    const end = start + length;
    if (this.#textLimit === 0 || !isAscii(this.bytes, start, end)) return utf8Text(this.bytes, start, end);
    if (end > this.#textEnd) {
      this.#textStart = start;
      this.#textEnd = Math.min(this.#textLimit, start + sharedTextBytes);
      this.#text = latin1Text(this.bytes, start, this.#textEnd);
    }
    return this.#text.slice(start - this.#textStart, end - this.#textStart);
  }

  /** Counts a list or map entry. */
  element(): void {
    if (--this.elements < 0) exhausted("decodeElements", "the message holds too many objects and entries");
  }

  /** Counts so many list entries. */
  spend(elements: number): void {
    this.elements -= elements;
    if (this.elements < 0) exhausted("decodeElements", "the message holds too many objects and entries");
  }

  /** Begins a length-delimited submessage and returns the position of its end; give that to {@link leave}. */
  enter(): number {
    this.element();
    this.descend();
    return this.openRun();
  }

  /** Ends the submessage that should have ended at `stop`. */
  leave(stop: number): void {
    this.closeRun(stop);
    this.depth--;
  }

  closeRun(stop: number): void {
    if (this.position !== stop) malformed("a field reaches past the end of its message");
  }

  /** Begins a packed run and returns the position of its end; give that to {@link closeRun}. */
  openRun(): number {
    const length = this.uint32();
    if (length > this.end - this.position) malformed(`a length of ${length} reaches past the end`);
    return this.position + length;
  }

  descend(): void {
    if (++this.depth > decodeDepth) exhausted("decodeDepth", `the message is nested deeper than ${decodeDepth}`);
  }

  /** Reads a length-delimited submessage with `read`. */
  message<T>(read: (reader: Reader, end: number, previous?: T) => T, previous?: T): T {
    const stop = this.enter();
    const value = read(this, stop, previous);
    this.leave(stop);
    return value;
  }

  /** Reads a group's fields with `read`, which is told the reader's own end: the group's end tag moves the position there. */
  group<T>(tag: number, read: (reader: Reader, end: number, previous?: T) => T, previous?: T): T {
    this.element();
    this.descend();
    const outerEnd = this.#groupEnd;
    const outerDepth = this.#groupDepth;
    this.#groupEnd = tag + 1;
    this.#groupDepth = this.depth;
    this.#groupStop = -1;
    const value = read(this, this.end, previous);
    if (this.#groupStop < 0) malformed("a group has no end");
    this.position = this.#groupStop;
    this.#groupEnd = outerEnd;
    this.#groupDepth = outerDepth;
    this.#groupStop = -1;
    this.depth--;
    return value;
  }

  /** Passes over the value of a field that the schema does not know, and keeps it in `message`. */
  unknown(tag: number, message: Draft<Extensible>): void {
    if ((tag & 7) === 4 && tag === this.#groupEnd && this.depth === this.#groupDepth && this.#groupStop < 0) {
      this.#groupStop = this.position;
      this.position = this.end;
      return;
    }
    const start = this.position;
    this.skip(tag);
    this.#keep(message, tag, this.bytes.subarray(start, this.position));
  }

  /**
   * Reads a field that is none of those that {@link next} was asked for. Of a tag of one byte that came as more bytes, which protobuf allows,
   * all but its last byte are passed over, and `next` finds it when it is asked again.
   */
  other(message: Draft<Extensible>): void {
    const start = this.position;
    const tag = this.uint32();
    if (tag > 0x7f || this.position === start + 1) {
      this.unknown(tag, message);
      return;
    }
    if (!this.#copied) this.bytes = new Uint8Array(this.bytes);
    this.#copied = true;
    this.bytes[--this.position] = tag;
  }

  /** Keeps a number that a closed enum does not know, as an unknown field. */
  unknownEnum(tag: number, value: number, message: Draft<Extensible>): void {
    const varint = new Uint8Array(10);
    this.#keep(message, tag, varint.subarray(0, putInt32(varint, 0, value, "")));
  }

  /**
   * The first unknown field of a message is copied, as most have no more. Others go behind it in the memory of a writer: a peer may send a hundred
   * thousand of two bytes each after one of a megabyte, and to copy that each time would take minutes.
   */
  #keep(message: Draft<Extensible>, tag: number, value: Uint8Array): void {
    if (message.$unknown === undefined) {
      const bytes = new Uint8Array(varintLength(tag) + value.length);
      bytes.set(value, putVarint(bytes, 0, tag));
      message.$unknown = bytes;
      return;
    }
    this.#unknown ??= new Map();
    let writer = this.#unknown.get(message);
    if (writer === undefined) {
      writer = new Writer(2 * message.$unknown.length + value.length);
      writer.raw(message.$unknown);
      this.#unknown.set(message, writer);
    }
    writer.uint32(tag);
    writer.raw(value);
    message.$unknown = writer.view();
  }

  /** Passes over the value of a field whose tag was just read. */
  skip(tag: number): void {
    if (tag < 8) malformed("field number 0");
    switch (tag & 7) {
      case 0:
        skipVarint(this);
        return;
      case 1:
        this.advance(8);
        return;
      case 2:
        this.advance(this.uint32());
        return;
      case 3:
        this.#skipGroup(tag + 1);
        return;
      case 5:
        this.advance(4);
        return;
      default:
        malformed((tag & 7) === 4 ? "a group ends that did not begin" : `wire type ${tag & 7}`);
    }
  }

  #skipGroup(endTag: number): void {
    this.descend();
    for (let tag = this.uint32(); tag !== endTag; tag = this.uint32()) this.skip(tag);
    this.depth--;
  }
}

function longUint32(reader: Reader): number {
  const { bytes, end } = reader;
  let at = reader.position;
  let value = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    if (at >= end) malformed("it ends within a varint");
    const byte = bytes[at++]!;
    if (shift < 35) value |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      reader.position = at;
      return value >>> 0;
    }
  }
  return malformed("a varint is longer than 10 bytes");
}

function skipVarint(reader: Reader): void {
  for (let i = 0; i < 10; i++) {
    if (reader.position >= reader.end) malformed("it ends within a varint");
    if (reader.bytes[reader.position++]! < 0x80) return;
  }
  malformed("a varint is longer than 10 bytes");
}
