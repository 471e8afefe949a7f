/** Values without tags, as packed lists hold them. Each makes room for itself and throws CommandError INVALID_ARGUMENT that names `field`. */
import { unsendable } from "./fault.ts";
import { float32, float64, high, low, signed, unsigned, words } from "./int64.ts";
import { putVarint, putVarint64 } from "./varint.ts";
import type { Writer } from "./writer.ts";

/** Bytes of the longest varint. */
const longest = 10;

export function putUint32(writer: Writer, value: number, field: string): void {
  if (typeof value !== "number" || value >>> 0 !== value) unsendable(field, value, "a uint32");
  writer.ensure(longest);
  if (value < 0x80) writer.buffer[writer.position++] = value;
  else writer.position = putVarint(writer.buffer, writer.position, value);
}

export function putInt32(writer: Writer, value: number, field: string): void {
  if (typeof value !== "number" || (value | 0) !== value) unsendable(field, value, "an int32");
  writer.ensure(longest);
  if (value >= 0) writer.position = putVarint(writer.buffer, writer.position, value);
  else writer.position = putVarint64(writer.buffer, writer.position, value, -1);
}

export function putSint32(writer: Writer, value: number, field: string): void {
  if (typeof value !== "number" || (value | 0) !== value) unsendable(field, value, "a sint32");
  writer.ensure(longest);
  writer.position = putVarint(writer.buffer, writer.position, ((value << 1) ^ (value >> 31)) >>> 0);
}

export function putFixed32(writer: Writer, value: number, field: string): void {
  if (typeof value !== "number" || value >>> 0 !== value) unsendable(field, value, "a fixed32");
  put32(writer, value);
}

export function putSfixed32(writer: Writer, value: number, field: string): void {
  if (typeof value !== "number" || (value | 0) !== value) unsendable(field, value, "an sfixed32");
  put32(writer, value);
}

export function putInt64(writer: Writer, value: bigint, field: string): void {
  setSigned(value, field, "an int64");
  writer.ensure(longest);
  writer.position = putVarint64(writer.buffer, writer.position, words[low]!, words[high]!);
}

export function putUint64(writer: Writer, value: bigint, field: string): void {
  setUnsigned(value, field, "a uint64");
  writer.ensure(longest);
  writer.position = putVarint64(writer.buffer, writer.position, words[low]!, words[high]!);
}

export function putSint64(writer: Writer, value: bigint, field: string): void {
  setSigned(value, field, "a sint64");
  writer.ensure(longest);
  const below = words[low]!;
  const above = words[high]!;
  const sign = above >> 31;
  writer.position = putVarint64(writer.buffer, writer.position, (below << 1) ^ sign, ((above << 1) | (below >>> 31)) ^ sign);
}

export function putFixed64(writer: Writer, value: bigint, field: string): void {
  setUnsigned(value, field, "a fixed64");
  putWords(writer);
}

export function putSfixed64(writer: Writer, value: bigint, field: string): void {
  setSigned(value, field, "an sfixed64");
  putWords(writer);
}

export function putFloat(writer: Writer, value: number, field: string): void {
  if (typeof value !== "number") unsendable(field, value, "a number");
  float32[0] = value;
  if (Math.abs(float32[0]) === Infinity && Math.abs(value) !== Infinity) unsendable(field, value, "within the range of a float");
  put32(writer, words[0]!);
}

export function putDouble(writer: Writer, value: number, field: string): void {
  if (typeof value !== "number") unsendable(field, value, "a number");
  float64[0] = value;
  putWords(writer);
}

export function putBool(writer: Writer, value: boolean, field: string): void {
  if (typeof value !== "boolean") unsendable(field, value, "a boolean");
  writer.ensure(1);
  writer.buffer[writer.position++] = value ? 1 : 0;
}

function put32(writer: Writer, value: number): void {
  writer.ensure(4);
  const { buffer, position } = writer;
  buffer[position] = value;
  buffer[position + 1] = value >>> 8;
  buffer[position + 2] = value >>> 16;
  buffer[position + 3] = value >>> 24;
  writer.position = position + 4;
}

function putWords(writer: Writer): void {
  put32(writer, words[low]!);
  put32(writer, words[high]!);
}

function setSigned(value: bigint, field: string, wanted: string): void {
  if (typeof value !== "bigint") unsendable(field, value, "a bigint");
  signed[0] = value;
  if (signed[0] !== value) unsendable(field, value, wanted);
}

function setUnsigned(value: bigint, field: string, wanted: string): void {
  if (typeof value !== "bigint") unsendable(field, value, "a bigint");
  unsigned[0] = value;
  if (unsigned[0] !== value) unsendable(field, value, wanted);
}
