/** Values read by hand, at a position that is shared, without a check: not where the bytes end, not whether text is ASCII or UTF-8. */
import type { NativeText } from "./native-text.ts";

const memory = new ArrayBuffer(8);
const words = new Int32Array(memory);
const bigints = new BigUint64Array(memory);
const doubles = new Float64Array(memory);
const native = Buffer.prototype as unknown as NativeText;

let position = 0;
/** The message as text, a character for each byte. */
let ascii = "";

/** Begins a message; strings are slices of it when it is said to hold ASCII only. */
export function begin(bytes: Uint8Array, textIsAscii: boolean): void {
  position = 0;
  ascii = textIsAscii ? native.latin1Slice.call(bytes, 0, bytes.length) : "";
}

export const at = (): number => position;

/** A tag or whatever else takes one byte. */
export function takeByte(bytes: Uint8Array): number {
  return bytes[position++]!;
}

export function takeVarint(bytes: Uint8Array): number {
  let byte = bytes[position++]!;
  let value = byte & 0x7f;
  for (let shift = 7; byte > 0x7f; shift += 7) {
    byte = bytes[position++]!;
    value |= (byte & 0x7f) << shift;
  }
  return value >>> 0;
}

export function takeZigzag(bytes: Uint8Array): number {
  const value = takeVarint(bytes);
  return (value >>> 1) ^ -(value & 1);
}

/** Up to 56 bits. */
export function takeVarint64(bytes: Uint8Array): bigint {
  let low = 0;
  let high = 0;
  let byte = 0x80;
  for (let shift = 0; shift < 28 && byte > 0x7f; shift += 7) {
    byte = bytes[position++]!;
    low |= (byte & 0x7f) << shift;
  }
  for (let shift = 0; shift < 28 && byte > 0x7f; shift += 7) {
    byte = bytes[position++]!;
    high |= (byte & 0x7f) << shift;
  }
  words[0] = low | (high << 28);
  words[1] = high >>> 4;
  return bigints[0]!;
}

export function takeDouble(bytes: Uint8Array): number {
  const from = position;
  position += 8;
  words[0] = bytes[from]! | (bytes[from + 1]! << 8) | (bytes[from + 2]! << 16) | (bytes[from + 3]! << 24);
  words[1] = bytes[from + 4]! | (bytes[from + 5]! << 8) | (bytes[from + 6]! << 16) | (bytes[from + 7]! << 24);
  return doubles[0]!;
}

/** Text of less than 128 bytes, which is ASCII. */
export function takeAscii(bytes: Uint8Array): string {
  const start = position + 1;
  position = start + bytes[position]!;
  return ascii.slice(start, position);
}

export function takeUtf8(bytes: Uint8Array): string {
  const length = takeVarint(bytes);
  const start = position;
  position += length;
  return native.utf8Slice.call(bytes, start, position);
}

export function takeBytes(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes[position++]!);
  for (let i = 0; i < copy.length; i++) copy[i] = bytes[position + i]!;
  position += copy.length;
  return copy;
}

export function takeDoubles(bytes: Uint8Array): readonly number[] {
  const length = takeVarint(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset + position, length);
  const list = new Array<number>(length / 8);
  for (let i = 0; i < list.length; i++) list[i] = view.getFloat64(i * 8, true);
  position += length;
  return list;
}
