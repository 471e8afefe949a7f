/**
 * One function for each scalar type: a field with implicit presence, which is left out where it is undefined or zero. Negative zero is not zero.
 * Each throws as `write-scalar.ts`. Source: https://protobuf.dev/programming-guides/field_presence/
 */
import {
  writeBool,
  writeBytes,
  writeDouble,
  writeFixed32,
  writeFixed64,
  writeFloat,
  writeInt32,
  writeInt64,
  writeSfixed32,
  writeSfixed64,
  writeSint32,
  writeSint64,
  writeString,
  writeUint32,
  writeUint64,
} from "./write-scalar.ts";
import type { Writer } from "./writer.ts";

export function writeImplicitUint32(writer: Writer, tag: number, value: number | undefined, field: string): void {
  if (value !== undefined && value !== 0) writeUint32(writer, tag, value, field);
}

export function writeImplicitInt32(writer: Writer, tag: number, value: number | undefined, field: string): void {
  if (value !== undefined && value !== 0) writeInt32(writer, tag, value, field);
}

export function writeImplicitSint32(writer: Writer, tag: number, value: number | undefined, field: string): void {
  if (value !== undefined && value !== 0) writeSint32(writer, tag, value, field);
}

export function writeImplicitFixed32(writer: Writer, tag: number, value: number | undefined, field: string): void {
  if (value !== undefined && value !== 0) writeFixed32(writer, tag, value, field);
}

export function writeImplicitSfixed32(writer: Writer, tag: number, value: number | undefined, field: string): void {
  if (value !== undefined && value !== 0) writeSfixed32(writer, tag, value, field);
}

export function writeImplicitInt64(writer: Writer, tag: number, value: bigint | undefined, field: string): void {
  if (value !== undefined && value !== 0n) writeInt64(writer, tag, value, field);
}

export function writeImplicitUint64(writer: Writer, tag: number, value: bigint | undefined, field: string): void {
  if (value !== undefined && value !== 0n) writeUint64(writer, tag, value, field);
}

export function writeImplicitSint64(writer: Writer, tag: number, value: bigint | undefined, field: string): void {
  if (value !== undefined && value !== 0n) writeSint64(writer, tag, value, field);
}

export function writeImplicitFixed64(writer: Writer, tag: number, value: bigint | undefined, field: string): void {
  if (value !== undefined && value !== 0n) writeFixed64(writer, tag, value, field);
}

export function writeImplicitSfixed64(writer: Writer, tag: number, value: bigint | undefined, field: string): void {
  if (value !== undefined && value !== 0n) writeSfixed64(writer, tag, value, field);
}

export function writeImplicitFloat(writer: Writer, tag: number, value: number | undefined, field: string): void {
  if (value !== undefined && (value !== 0 || 1 / value < 0)) writeFloat(writer, tag, value, field);
}

export function writeImplicitDouble(writer: Writer, tag: number, value: number | undefined, field: string): void {
  if (value !== undefined && (value !== 0 || 1 / value < 0)) writeDouble(writer, tag, value, field);
}

export function writeImplicitBool(writer: Writer, tag: number, value: boolean | undefined, field: string): void {
  if (value !== undefined && value !== false) writeBool(writer, tag, value, field);
}

export function writeImplicitString(writer: Writer, tag: number, value: string | undefined, field: string): void {
  if (value !== undefined && (typeof value !== "string" || value.length !== 0)) writeString(writer, tag, value, field);
}

export function writeImplicitBytes(writer: Writer, tag: number, value: Uint8Array | undefined, field: string): void {
  if (value !== undefined && value.length !== 0) writeBytes(writer, tag, value, field);
}
