/**
 * One function for each scalar type of protobuf: the tag, then the value. They check the value, as TypeScript's types cannot.
 * Each throws CommandError INVALID_ARGUMENT that names `field` for a value that the type cannot hold.
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
import { putVarint } from "./varint.ts";
import type { Writer } from "./writer.ts";

/** Room for the longest tag and the longest varint. */
const room = 15;

export function writeTag(writer: Writer, tag: number): void {
  writer.ensure(room);
  if (tag < 0x80) writer.buffer[writer.position++] = tag;
  else writer.position = putVarint(writer.buffer, writer.position, tag);
}

export function writeUint32(writer: Writer, tag: number, value: number, field: string): void {
  writeTag(writer, tag);
  putUint32(writer, value, field);
}

export function writeInt32(writer: Writer, tag: number, value: number, field: string): void {
  writeTag(writer, tag);
  putInt32(writer, value, field);
}

export function writeSint32(writer: Writer, tag: number, value: number, field: string): void {
  writeTag(writer, tag);
  putSint32(writer, value, field);
}

export function writeFixed32(writer: Writer, tag: number, value: number, field: string): void {
  writeTag(writer, tag);
  putFixed32(writer, value, field);
}

export function writeSfixed32(writer: Writer, tag: number, value: number, field: string): void {
  writeTag(writer, tag);
  putSfixed32(writer, value, field);
}

export function writeInt64(writer: Writer, tag: number, value: bigint, field: string): void {
  writeTag(writer, tag);
  putInt64(writer, value, field);
}

export function writeUint64(writer: Writer, tag: number, value: bigint, field: string): void {
  writeTag(writer, tag);
  putUint64(writer, value, field);
}

export function writeSint64(writer: Writer, tag: number, value: bigint, field: string): void {
  writeTag(writer, tag);
  putSint64(writer, value, field);
}

export function writeFixed64(writer: Writer, tag: number, value: bigint, field: string): void {
  writeTag(writer, tag);
  putFixed64(writer, value, field);
}

export function writeSfixed64(writer: Writer, tag: number, value: bigint, field: string): void {
  writeTag(writer, tag);
  putSfixed64(writer, value, field);
}

export function writeFloat(writer: Writer, tag: number, value: number, field: string): void {
  writeTag(writer, tag);
  putFloat(writer, value, field);
}

export function writeDouble(writer: Writer, tag: number, value: number, field: string): void {
  writeTag(writer, tag);
  putDouble(writer, value, field);
}

export function writeBool(writer: Writer, tag: number, value: boolean, field: string): void {
  writeTag(writer, tag);
  putBool(writer, value, field);
}

export function writeString(writer: Writer, tag: number, value: string, field: string): void {
  writeTag(writer, tag);
  writer.string(value, field);
}

export function writeBytes(writer: Writer, tag: number, value: Uint8Array, field: string): void {
  // Not `instanceof`: a Uint8Array of another realm (a frame, a vm context of a test runner) is one too.
  if (!ArrayBuffer.isView(value) || value.BYTES_PER_ELEMENT !== 1) unsendable(field, value, "a Uint8Array");
  writeTag(writer, tag);
  writer.uint32(value.length);
  writer.raw(value);
}
