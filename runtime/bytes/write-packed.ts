/** One function for each scalar type: a packed list, that is its tag, its length and its values. A list without entries is nothing. Each throws as `write-scalar.ts`. */
import { unsendable } from "./fault.ts";
import {
  putBool,
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
import { putVarint, varintLength } from "./varint.ts";
import type { Writer } from "./writer.ts";

/** Begins a packed list, with room for all of it, and returns the position where its length belongs. */
function begin(writer: Writer, tag: number, list: readonly unknown[], bytes: number, field: string): number {
  const count = list.length;
  if (!(count > 0)) unsendable(field, list, "a list");
  writer.elements += count;
  writer.ensure(10 + count * bytes);
  return putVarint(writer.buffer, writer.position, tag);
}

/** Where values go behind a length at `mark`: its length is guessed at a byte a value, which nearly always has as many digits as the truth. */
const afterLength = (mark: number, count: number): number => mark + varintLength(count);

/** Puts the length of the values that end at `end` before them. */
function close(writer: Writer, mark: number, count: number, end: number): void {
  const { buffer } = writer;
  const guessed = afterLength(mark, count);
  const length = end - guessed;
  const start = afterLength(mark, length);
  if (start > guessed) buffer.copyWithin(start, guessed, end);
  putVarint(buffer, mark, length);
  writer.position = start + length;
}

export function writePackedUint32(writer: Writer, tag: number, list: readonly number[], field: string): void {
  const count = list.length;
  if (count === 0) return;
  const mark = begin(writer, tag, list, 5, field);
  const { buffer } = writer;
  let at = afterLength(mark, count);
  for (let i = 0; i < count; i++) at = putUint32(buffer, at, list[i]!, field);
  close(writer, mark, count, at);
}

export function writePackedInt32(writer: Writer, tag: number, list: readonly number[], field: string): void {
  const count = list.length;
  if (count === 0) return;
  const mark = begin(writer, tag, list, 10, field);
  const { buffer } = writer;
  let at = afterLength(mark, count);
  for (let i = 0; i < count; i++) at = putInt32(buffer, at, list[i]!, field);
  close(writer, mark, count, at);
}

export function writePackedSint32(writer: Writer, tag: number, list: readonly number[], field: string): void {
  const count = list.length;
  if (count === 0) return;
  const mark = begin(writer, tag, list, 5, field);
  const { buffer } = writer;
  let at = afterLength(mark, count);
  for (let i = 0; i < count; i++) at = putSint32(buffer, at, list[i]!, field);
  close(writer, mark, count, at);
}

export function writePackedInt64(writer: Writer, tag: number, list: readonly bigint[], field: string): void {
  const count = list.length;
  if (count === 0) return;
  const mark = begin(writer, tag, list, 10, field);
  const { buffer } = writer;
  let at = afterLength(mark, count);
  for (let i = 0; i < count; i++) at = putInt64(buffer, at, list[i]!, field);
  close(writer, mark, count, at);
}

export function writePackedUint64(writer: Writer, tag: number, list: readonly bigint[], field: string): void {
  const count = list.length;
  if (count === 0) return;
  const mark = begin(writer, tag, list, 10, field);
  const { buffer } = writer;
  let at = afterLength(mark, count);
  for (let i = 0; i < count; i++) at = putUint64(buffer, at, list[i]!, field);
  close(writer, mark, count, at);
}

export function writePackedSint64(writer: Writer, tag: number, list: readonly bigint[], field: string): void {
  const count = list.length;
  if (count === 0) return;
  const mark = begin(writer, tag, list, 10, field);
  const { buffer } = writer;
  let at = afterLength(mark, count);
  for (let i = 0; i < count; i++) at = putSint64(buffer, at, list[i]!, field);
  close(writer, mark, count, at);
}

export function writePackedFixed32(writer: Writer, tag: number, list: readonly number[], field: string): void {
  const count = list.length;
  if (count === 0) return;
  const mark = begin(writer, tag, list, 4, field);
  const { buffer } = writer;
  let at = afterLength(mark, count);
  for (let i = 0; i < count; i++) at = putFixed32(buffer, at, list[i]!, field);
  close(writer, mark, count, at);
}

export function writePackedSfixed32(writer: Writer, tag: number, list: readonly number[], field: string): void {
  const count = list.length;
  if (count === 0) return;
  const mark = begin(writer, tag, list, 4, field);
  const { buffer } = writer;
  let at = afterLength(mark, count);
  for (let i = 0; i < count; i++) at = putSfixed32(buffer, at, list[i]!, field);
  close(writer, mark, count, at);
}

export function writePackedFixed64(writer: Writer, tag: number, list: readonly bigint[], field: string): void {
  const count = list.length;
  if (count === 0) return;
  const mark = begin(writer, tag, list, 8, field);
  const { buffer } = writer;
  let at = afterLength(mark, count);
  for (let i = 0; i < count; i++) at = putFixed64(buffer, at, list[i]!, field);
  close(writer, mark, count, at);
}

export function writePackedSfixed64(writer: Writer, tag: number, list: readonly bigint[], field: string): void {
  const count = list.length;
  if (count === 0) return;
  const mark = begin(writer, tag, list, 8, field);
  const { buffer } = writer;
  let at = afterLength(mark, count);
  for (let i = 0; i < count; i++) at = putSfixed64(buffer, at, list[i]!, field);
  close(writer, mark, count, at);
}

export function writePackedFloat(writer: Writer, tag: number, list: readonly number[], field: string): void {
  const count = list.length;
  if (count === 0) return;
  const mark = begin(writer, tag, list, 4, field);
  const { buffer } = writer;
  let at = afterLength(mark, count);
  for (let i = 0; i < count; i++) at = putFloat(buffer, at, list[i]!, field);
  close(writer, mark, count, at);
}

export function writePackedBool(writer: Writer, tag: number, list: readonly boolean[], field: string): void {
  const count = list.length;
  if (count === 0) return;
  const mark = begin(writer, tag, list, 1, field);
  const { buffer } = writer;
  let at = afterLength(mark, count);
  for (let i = 0; i < count; i++) at = putBool(buffer, at, list[i]!, field);
  close(writer, mark, count, at);
}

export function writePackedDouble(writer: Writer, tag: number, list: readonly number[], field: string): void {
  const count = list.length;
  if (count === 0) return;
  const mark = begin(writer, tag, list, 8, field);
  const { buffer } = writer;
  const at = putVarint(buffer, mark, count * 8);
  const view = new DataView(buffer.buffer, at, count * 8);
  for (let i = 0; i < count; i++) {
    const value = list[i];
    if (typeof value !== "number") unsendable(field, value, "a number");
    view.setFloat64(i * 8, value, true);
  }
  writer.position = at + count * 8;
}
