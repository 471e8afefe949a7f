/**
 * One function for each scalar type of protobuf: the tag, then the value. They check the value, as TypeScript's types cannot.
 * Each throws CommandError INVALID_ARGUMENT that names `field` for a value that the type cannot hold; then nothing was written.
 */
import { unsendable } from "./fault.ts";
import { high, low, signed, unsigned, words } from "./int64.ts";
import { putDouble, putFixed32, putFixed64, putFloat, putSfixed32, putSfixed64, putSint64 } from "./put-scalar.ts";
import { illFormed, putText, shortText } from "./utf8.ts";
import { putVarint, putVarint64 } from "./varint.ts";
import type { Writer } from "./writer.ts";

/** Room for the longest tag and the longest varint. */
const room = 15;

/** Writes a tag and returns the position behind it, where there is room for a number. */
function begin(writer: Writer, tag: number): number {
  const at = writer.position;
  if (tag > 0x7f || writer.buffer.length - at < room) return beginLong(writer, tag);
  writer.buffer[at] = tag;
  return at + 1;
}

/** A tag of several bytes, or a buffer that grows. */
function beginLong(writer: Writer, tag: number): number {
  writer.ensure(room);
  return putVarint(writer.buffer, writer.position, tag);
}

function writeVarint(writer: Writer, tag: number, value: number): void {
  let at = writer.position;
  if (tag > 0x7f || writer.buffer.length - at < room) at = beginLong(writer, tag);
  else writer.buffer[at++] = tag;
  const { buffer } = writer;
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) buffer[at++] = rest | 0x80;
  buffer[at] = rest;
  writer.position = at + 1;
}

/** `lower` and `upper` are halves, signed or not. */
function writeVarint64(writer: Writer, tag: number, lower: number, upper: number): void {
  const at = begin(writer, tag);
  writer.position = putVarint64(writer.buffer, at, lower, upper);
}

export function writeUint32(writer: Writer, tag: number, value: number, field: string): void {
  if (typeof value !== "number" || value >>> 0 !== value) unsendable(field, value, "a uint32");
  writeVarint(writer, tag, value);
}

export function writeInt32(writer: Writer, tag: number, value: number, field: string): void {
  if (typeof value !== "number" || (value | 0) !== value) unsendable(field, value, "an int32");
  if (value >= 0) writeVarint(writer, tag, value);
  else writeVarint64(writer, tag, value, -1);
}

export function writeSint32(writer: Writer, tag: number, value: number, field: string): void {
  if (typeof value !== "number" || (value | 0) !== value) unsendable(field, value, "a sint32");
  writeVarint(writer, tag, ((value << 1) ^ (value >> 31)) >>> 0);
}

export function writeFixed32(writer: Writer, tag: number, value: number, field: string): void {
  const at = begin(writer, tag);
  writer.position = putFixed32(writer.buffer, at, value, field);
}

export function writeSfixed32(writer: Writer, tag: number, value: number, field: string): void {
  const at = begin(writer, tag);
  writer.position = putSfixed32(writer.buffer, at, value, field);
}

export function writeInt64(writer: Writer, tag: number, value: bigint, field: string): void {
  if (typeof value !== "bigint") unsendable(field, value, "a bigint");
  signed[0] = value;
  if (signed[0] !== value) unsendable(field, value, "an int64");
  writeVarint64(writer, tag, words[low]!, words[high]!);
}

export function writeUint64(writer: Writer, tag: number, value: bigint, field: string): void {
  if (typeof value !== "bigint") unsendable(field, value, "a bigint");
  unsigned[0] = value;
  if (unsigned[0] !== value) unsendable(field, value, "a uint64");
  writeVarint64(writer, tag, words[low]!, words[high]!);
}

export function writeSint64(writer: Writer, tag: number, value: bigint, field: string): void {
  const at = begin(writer, tag);
  writer.position = putSint64(writer.buffer, at, value, field);
}

export function writeFixed64(writer: Writer, tag: number, value: bigint, field: string): void {
  const at = begin(writer, tag);
  writer.position = putFixed64(writer.buffer, at, value, field);
}

export function writeSfixed64(writer: Writer, tag: number, value: bigint, field: string): void {
  const at = begin(writer, tag);
  writer.position = putSfixed64(writer.buffer, at, value, field);
}

export function writeFloat(writer: Writer, tag: number, value: number, field: string): void {
  const at = begin(writer, tag);
  writer.position = putFloat(writer.buffer, at, value, field);
}

export function writeDouble(writer: Writer, tag: number, value: number, field: string): void {
  const at = begin(writer, tag);
  writer.position = putDouble(writer.buffer, at, value, field);
}

export function writeBool(writer: Writer, tag: number, value: boolean, field: string): void {
  if (typeof value !== "boolean") unsendable(field, value, "a boolean");
  writeVarint(writer, tag, value ? 1 : 0);
}

/**
 * Short text is written here, in one function that is longer than what V8 inlines (460 bytes of bytecode). How much it inlines into a message's
 * function is limited (920): two texts would take most of it, and every number would be a call.
 */
export function writeString(writer: Writer, tag: number, value: string, field: string): void {
  const { buffer, position } = writer;
  if (typeof value !== "string" || value.length > shortText || tag > 0x7f || buffer.length - position < shortText * 3 + 2) {
    writeOtherText(writer, tag, value, field);
    return;
  }
  buffer[position] = tag;
  const units = value.length;
  const start = position + 2;
  let i = 0;
  for (; i < units; i++) {
    const unit = value.charCodeAt(i);
    if (unit > 0x7f) break;
    buffer[start + i] = unit;
  }
  let at = start + i;
  for (; i < units; i++) {
    const unit = value.charCodeAt(i);
    if (unit < 0x80) {
      buffer[at++] = unit;
    } else if (unit < 0x800) {
      buffer[at++] = (unit >> 6) | 0xc0;
      buffer[at++] = (unit & 0x3f) | 0x80;
    } else if ((unit & 0xf800) !== 0xd800) {
      buffer[at++] = (unit >> 12) | 0xe0;
      buffer[at++] = ((unit >> 6) & 0x3f) | 0x80;
      buffer[at++] = (unit & 0x3f) | 0x80;
    } else {
      const next = i + 1 < units ? value.charCodeAt(++i) : 0;
      if (unit > 0xdbff || (next & 0xfc00) !== 0xdc00) illFormed(field, value);
      const point = ((unit & 0x3ff) << 10) + (next & 0x3ff) + 0x10000;
      buffer[at++] = (point >> 18) | 0xf0;
      buffer[at++] = ((point >> 12) & 0x3f) | 0x80;
      buffer[at++] = ((point >> 6) & 0x3f) | 0x80;
      buffer[at++] = (point & 0x3f) | 0x80;
    }
  }
  buffer[position + 1] = at - start;
  writer.position = at;
}

/** Text that is long, or has a tag of several bytes, or makes the buffer grow. */
function writeOtherText(writer: Writer, tag: number, value: string, field: string): void {
  if (typeof value !== "string") unsendable(field, value, "a string");
  writer.ensure(value.length * 3 + room);
  const at = putVarint(writer.buffer, writer.position, tag);
  writer.position = putText(writer.buffer, at, value, field);
}

export function writeBytes(writer: Writer, tag: number, value: Uint8Array, field: string): void {
  // Not `instanceof`: a Uint8Array of another realm (a frame, a vm context of a test runner) is one too.
  if (!ArrayBuffer.isView(value) || value.BYTES_PER_ELEMENT !== 1) unsendable(field, value, "a Uint8Array");
  const at = begin(writer, tag);
  writer.position = putVarint(writer.buffer, at, value.length);
  writer.raw(value);
}
