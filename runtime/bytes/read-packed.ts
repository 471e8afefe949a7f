/**
 * One function for each scalar type: a packed run, behind the values that `list` already holds. Each counts the values before it takes memory for them,
 * makes a list of that length where there was none, and returns the list. Each throws as `read-scalar.ts`, and RESOURCE_EXHAUSTED for too many values.
 *
 * The lists are made in each function by itself: V8 learns there whether they hold integers, doubles or objects.
 */
import { emptyList } from "../schema/empty.ts";
import { malformed } from "./fault.ts";
import {
  readBool,
  readFixed32,
  readFixed64,
  readFloat,
  readInt64,
  readSfixed32,
  readSfixed64,
  readSint64,
  readUint64,
} from "./read-scalar.ts";
import type { Reader } from "./reader.ts";

/** From so many bytes on a run is worth a view of eight at a time. */
const longRun = 64;

/** How many varints lie between the reader's position and `stop`. The last of them ends there. */
function countVarints(reader: Reader, stop: number): number {
  const { bytes, position } = reader;
  let count = stop - position;
  let i = position;
  if (count > longRun) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, stop);
    // A varint ends where the highest bit is not set: those that are, added up in four bytes of their own.
    for (; i + 8 <= stop; i += 8) {
      const going = ((view.getInt32(i, true) >>> 7) & 0x01010101) + ((view.getInt32(i + 4, true) >>> 7) & 0x01010101);
      count -= Math.imul(going, 0x01010101) >>> 24;
    }
  }
  for (; i < stop; i++) if (bytes[i]! > 0x7f) count--;
  if (stop > position && bytes[stop - 1]! > 0x7f) {
    malformed(stop === reader.end ? "it ends within a varint" : "a field reaches past the end of its message");
  }
  reader.spend(count);
  return count;
}

// The next three differ by how they take 32 bits. To do that in a second pass, or by a parameter, costs a quarter more. A run ends where a varint
// ends, so that none can reach past it.

export function readPackedInt32(reader: Reader, list: readonly number[]): readonly number[] {
  const stop = reader.openRun();
  const count = countVarints(reader, stop);
  if (count === 0) return list;
  const values = list === emptyList ? new Array<number>(count) : (list as number[]);
  const { bytes } = reader;
  let from = reader.position;
  let at = values === list ? list.length : 0;
  while (from < stop) {
    let value = bytes[from++]!;
    if (value > 0x7f) {
      value &= 0x7f;
      let shift = 7;
      let byte: number;
      do {
        byte = bytes[from++]!;
        if (shift < 35) value |= (byte & 0x7f) << shift;
        else if (shift === 70) malformed("a varint is longer than 10 bytes");
        shift += 7;
      } while (byte > 0x7f);
    }
    values[at++] = value;
  }
  reader.position = stop;
  return values;
}

export function readPackedUint32(reader: Reader, list: readonly number[]): readonly number[] {
  const stop = reader.openRun();
  const count = countVarints(reader, stop);
  if (count === 0) return list;
  const values = list === emptyList ? new Array<number>(count) : (list as number[]);
  const { bytes } = reader;
  let from = reader.position;
  let at = values === list ? list.length : 0;
  while (from < stop) {
    let value = bytes[from++]!;
    if (value > 0x7f) {
      value &= 0x7f;
      let shift = 7;
      let byte: number;
      do {
        byte = bytes[from++]!;
        if (shift < 35) value |= (byte & 0x7f) << shift;
        else if (shift === 70) malformed("a varint is longer than 10 bytes");
        shift += 7;
      } while (byte > 0x7f);
    }
    values[at++] = value >>> 0;
  }
  reader.position = stop;
  return values;
}

export function readPackedSint32(reader: Reader, list: readonly number[]): readonly number[] {
  const stop = reader.openRun();
  const count = countVarints(reader, stop);
  if (count === 0) return list;
  const values = list === emptyList ? new Array<number>(count) : (list as number[]);
  const { bytes } = reader;
  let from = reader.position;
  let at = values === list ? list.length : 0;
  while (from < stop) {
    let value = bytes[from++]!;
    if (value > 0x7f) {
      value &= 0x7f;
      let shift = 7;
      let byte: number;
      do {
        byte = bytes[from++]!;
        if (shift < 35) value |= (byte & 0x7f) << shift;
        else if (shift === 70) malformed("a varint is longer than 10 bytes");
        shift += 7;
      } while (byte > 0x7f);
    }
    values[at++] = (value >>> 1) ^ -(value & 1);
  }
  reader.position = stop;
  return values;
}

/** How many values of `size` bytes lie between the reader's position and `stop`. */
function countFixed(reader: Reader, stop: number, size: number): number {
  const count = (stop - reader.position) / size;
  if (!Number.isInteger(count)) malformed("a field reaches past the end of its message");
  reader.spend(count);
  return count;
}

export function readPackedInt64(reader: Reader, list: readonly bigint[]): readonly bigint[] {
  const stop = reader.openRun();
  const count = countVarints(reader, stop);
  if (count === 0) return list;
  const values = list === emptyList ? new Array<bigint>(count) : (list as bigint[]);
  for (let at = values === list ? list.length : 0; reader.position < stop; at++) values[at] = readInt64(reader);
  return values;
}

export function readPackedUint64(reader: Reader, list: readonly bigint[]): readonly bigint[] {
  const stop = reader.openRun();
  const count = countVarints(reader, stop);
  if (count === 0) return list;
  const values = list === emptyList ? new Array<bigint>(count) : (list as bigint[]);
  for (let at = values === list ? list.length : 0; reader.position < stop; at++) values[at] = readUint64(reader);
  return values;
}

export function readPackedSint64(reader: Reader, list: readonly bigint[]): readonly bigint[] {
  const stop = reader.openRun();
  const count = countVarints(reader, stop);
  if (count === 0) return list;
  const values = list === emptyList ? new Array<bigint>(count) : (list as bigint[]);
  for (let at = values === list ? list.length : 0; reader.position < stop; at++) values[at] = readSint64(reader);
  return values;
}

export function readPackedBool(reader: Reader, list: readonly boolean[]): readonly boolean[] {
  const stop = reader.openRun();
  const count = countVarints(reader, stop);
  if (count === 0) return list;
  const values = list === emptyList ? new Array<boolean>(count) : (list as boolean[]);
  for (let at = values === list ? list.length : 0; reader.position < stop; at++) values[at] = readBool(reader);
  return values;
}

export function readPackedFixed32(reader: Reader, list: readonly number[]): readonly number[] {
  const stop = reader.openRun();
  const count = countFixed(reader, stop, 4);
  if (count === 0) return list;
  const values = list === emptyList ? new Array<number>(count) : (list as number[]);
  for (let at = values === list ? list.length : 0; reader.position < stop; at++) values[at] = readFixed32(reader);
  return values;
}

export function readPackedSfixed32(reader: Reader, list: readonly number[]): readonly number[] {
  const stop = reader.openRun();
  const count = countFixed(reader, stop, 4);
  if (count === 0) return list;
  const values = list === emptyList ? new Array<number>(count) : (list as number[]);
  for (let at = values === list ? list.length : 0; reader.position < stop; at++) values[at] = readSfixed32(reader);
  return values;
}

export function readPackedFloat(reader: Reader, list: readonly number[]): readonly number[] {
  const stop = reader.openRun();
  const count = countFixed(reader, stop, 4);
  if (count === 0) return list;
  const values = list === emptyList ? new Array<number>(count) : (list as number[]);
  for (let at = values === list ? list.length : 0; reader.position < stop; at++) values[at] = readFloat(reader);
  return values;
}

export function readPackedFixed64(reader: Reader, list: readonly bigint[]): readonly bigint[] {
  const stop = reader.openRun();
  const count = countFixed(reader, stop, 8);
  if (count === 0) return list;
  const values = list === emptyList ? new Array<bigint>(count) : (list as bigint[]);
  for (let at = values === list ? list.length : 0; reader.position < stop; at++) values[at] = readFixed64(reader);
  return values;
}

export function readPackedSfixed64(reader: Reader, list: readonly bigint[]): readonly bigint[] {
  const stop = reader.openRun();
  const count = countFixed(reader, stop, 8);
  if (count === 0) return list;
  const values = list === emptyList ? new Array<bigint>(count) : (list as bigint[]);
  for (let at = values === list ? list.length : 0; reader.position < stop; at++) values[at] = readSfixed64(reader);
  return values;
}

export function readPackedDouble(reader: Reader, list: readonly number[]): readonly number[] {
  const stop = reader.openRun();
  const count = countFixed(reader, stop, 8);
  if (count === 0) return list;
  const values = list === emptyList ? new Array<number>(count) : (list as number[]);
  const { bytes, position } = reader;
  const view = new DataView(bytes.buffer, bytes.byteOffset + position, count * 8);
  let at = values === list ? list.length : 0;
  let from = 0;
  // Four at a time take two thirds as long as one.
  for (const last = count * 8 - 32; from <= last; from += 32, at += 4) {
    values[at] = view.getFloat64(from, true);
    values[at + 1] = view.getFloat64(from + 8, true);
    values[at + 2] = view.getFloat64(from + 16, true);
    values[at + 3] = view.getFloat64(from + 24, true);
  }
  for (; from < count * 8; from += 8) values[at++] = view.getFloat64(from, true);
  reader.position = stop;
  return values;
}
