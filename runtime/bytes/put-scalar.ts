/**
 * Values without tags, checked and written at a position where there is room: as packed lists hold them, and some behind the tags of `write-scalar.ts`.
 * Each returns the position behind the value, and throws CommandError INVALID_ARGUMENT that names `field` for a value that the type cannot hold.
 */
import { unsendable } from "./fault.ts";
import { float32, float64, high, low, signed, unsigned, words } from "./int64.ts";
import { putVarint, putVarint64 } from "./varint.ts";

export function putUint32(buffer: Uint8Array, at: number, value: number, field: string): number {
  if (typeof value !== "number" || value >>> 0 !== value) unsendable(field, value, "a uint32");
  return putVarint(buffer, at, value);
}

export function putInt32(buffer: Uint8Array, at: number, value: number, field: string): number {
  if (typeof value !== "number" || (value | 0) !== value) unsendable(field, value, "an int32");
  return value >= 0 ? putVarint(buffer, at, value) : putVarint64(buffer, at, value, -1);
}

export function putSint32(buffer: Uint8Array, at: number, value: number, field: string): number {
  if (typeof value !== "number" || (value | 0) !== value) unsendable(field, value, "a sint32");
  return putVarint(buffer, at, ((value << 1) ^ (value >> 31)) >>> 0);
}

export function putFixed32(buffer: Uint8Array, at: number, value: number, field: string): number {
  if (typeof value !== "number" || value >>> 0 !== value) unsendable(field, value, "a fixed32");
  return put32(buffer, at, value);
}

export function putSfixed32(buffer: Uint8Array, at: number, value: number, field: string): number {
  if (typeof value !== "number" || (value | 0) !== value) unsendable(field, value, "an sfixed32");
  return put32(buffer, at, value);
}

export function putInt64(buffer: Uint8Array, at: number, value: bigint, field: string): number {
  setSigned(value, field, "an int64");
  return putVarint64(buffer, at, words[low]!, words[high]!);
}

export function putUint64(buffer: Uint8Array, at: number, value: bigint, field: string): number {
  setUnsigned(value, field, "a uint64");
  return putVarint64(buffer, at, words[low]!, words[high]!);
}

export function putSint64(buffer: Uint8Array, at: number, value: bigint, field: string): number {
  setSigned(value, field, "a sint64");
  const below = words[low]!;
  const above = words[high]!;
  const sign = above >> 31;
  return putVarint64(buffer, at, (below << 1) ^ sign, ((above << 1) | (below >>> 31)) ^ sign);
}

export function putFixed64(buffer: Uint8Array, at: number, value: bigint, field: string): number {
  setUnsigned(value, field, "a fixed64");
  return putWords(buffer, at);
}

export function putSfixed64(buffer: Uint8Array, at: number, value: bigint, field: string): number {
  setSigned(value, field, "an sfixed64");
  return putWords(buffer, at);
}

export function putFloat(buffer: Uint8Array, at: number, value: number, field: string): number {
  if (typeof value !== "number") unsendable(field, value, "a number");
  float32[0] = value;
  if (Math.abs(float32[0]) === Infinity && Math.abs(value) !== Infinity) unsendable(field, value, "within the range of a float");
  return put32(buffer, at, words[0]!);
}

export function putDouble(buffer: Uint8Array, at: number, value: number, field: string): number {
  if (typeof value !== "number") unsendable(field, value, "a number");
  float64[0] = value;
  return putWords(buffer, at);
}

export function putBool(buffer: Uint8Array, at: number, value: boolean, field: string): number {
  if (typeof value !== "boolean") unsendable(field, value, "a boolean");
  buffer[at] = value ? 1 : 0;
  return at + 1;
}

function put32(buffer: Uint8Array, at: number, value: number): number {
  buffer[at] = value;
  buffer[at + 1] = value >>> 8;
  buffer[at + 2] = value >>> 16;
  buffer[at + 3] = value >>> 24;
  return at + 4;
}

function putWords(buffer: Uint8Array, at: number): number {
  return put32(buffer, put32(buffer, at, words[low]!), words[high]!);
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
