/**
 * One function for each scalar type of protobuf: the tag, then the value. They check the value, as TypeScript's types cannot.
 * Each throws CommandError INVALID_ARGUMENT that names `field` for a value that the type cannot hold; then nothing was written.
 */
import { unsendable } from "./fault.ts";
import {
  putBool,
  putDouble,
  putFixed32,
  putFixed64,
  putFloat,
  putInt32,
  putInt64,
  putSfixed32,
  putSfixed64,
  putSint32,
  putSint64,
  putUint32,
  putUint64,
} from "./put-scalar.ts";
import { putOtherText, shortText } from "./utf8.ts";
import { putVarint } from "./varint.ts";
import type { Writer } from "./writer.ts";

/** Room for the longest tag and the longest varint. */
const room = 15;

/** Writes a tag and returns the position behind it, where there is room for a number. Written out, as calls are most of what encoding costs. */
function begin(writer: Writer, tag: number): number {
  const at = writer.position;
  if (writer.buffer.length - at < room) writer.grow(room);
  if (tag > 0x7f) return putVarint(writer.buffer, at, tag);
  writer.buffer[at] = tag;
  return at + 1;
}

export function writeTag(writer: Writer, tag: number): void {
  writer.position = begin(writer, tag);
}

export function writeUint32(writer: Writer, tag: number, value: number, field: string): void {
  const at = begin(writer, tag);
  writer.position = putUint32(writer.buffer, at, value, field);
}

export function writeInt32(writer: Writer, tag: number, value: number, field: string): void {
  const at = begin(writer, tag);
  writer.position = putInt32(writer.buffer, at, value, field);
}

export function writeSint32(writer: Writer, tag: number, value: number, field: string): void {
  const at = begin(writer, tag);
  writer.position = putSint32(writer.buffer, at, value, field);
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
  const at = begin(writer, tag);
  writer.position = putInt64(writer.buffer, at, value, field);
}

export function writeUint64(writer: Writer, tag: number, value: bigint, field: string): void {
  const at = begin(writer, tag);
  writer.position = putUint64(writer.buffer, at, value, field);
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
  const at = begin(writer, tag);
  writer.position = putBool(writer.buffer, at, value, field);
}

/** Short ASCII, which is most text, is written here: a call more would cost a tenth of what it takes to write it. */
export function writeString(writer: Writer, tag: number, value: string, field: string): void {
  if (typeof value !== "string") unsendable(field, value, "a string");
  const bytes = value.length * 3 + room;
  let at = writer.position;
  if (writer.buffer.length - at < bytes) writer.grow(bytes);
  const { buffer } = writer;
  if (tag > 0x7f) at = putVarint(buffer, at, tag);
  else buffer[at++] = tag;
  const units = value.length;
  if (units <= shortText) {
    const start = at + 1;
    let i = 0;
    for (; i < units; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 0x7f) break;
      buffer[start + i] = unit;
    }
    if (i === units) {
      buffer[at] = units;
      writer.position = start + units;
      return;
    }
  }
  writer.position = putOtherText(buffer, at, value, field);
}

export function writeBytes(writer: Writer, tag: number, value: Uint8Array, field: string): void {
  // Not `instanceof`: a Uint8Array of another realm (a frame, a vm context of a test runner) is one too.
  if (!ArrayBuffer.isView(value) || value.BYTES_PER_ELEMENT !== 1) unsendable(field, value, "a Uint8Array");
  const at = begin(writer, tag);
  writer.position = putVarint(writer.buffer, at, value.length);
  writer.raw(value);
}
