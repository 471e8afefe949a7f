/** Values written by hand, without a check: positions have room, numbers fit, lengths of text take one byte and its characters are ASCII. */
import type { NativeText } from "./native-text.ts";

const memory = new ArrayBuffer(8);
const words = new Int32Array(memory);
const bigints = new BigUint64Array(memory);
const doubles = new Float64Array(memory);
const native = Buffer.prototype as unknown as NativeText;

export function putVarint(buffer: Uint8Array, position: number, value: number): number {
  let rest = value;
  let at = position;
  while (rest > 0x7f) {
    buffer[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  buffer[at] = rest;
  return at + 1;
}

export function putZigzag(buffer: Uint8Array, position: number, value: number): number {
  return putVarint(buffer, position, ((value << 1) ^ (value >> 31)) >>> 0);
}

export function putVarint64(buffer: Uint8Array, position: number, value: bigint): number {
  bigints[0] = value;
  let low = words[0]! >>> 0;
  let high = words[1]!;
  let at = position;
  while (high !== 0) {
    buffer[at++] = (low & 0x7f) | 0x80;
    low = ((low >>> 7) | (high << 25)) >>> 0;
    high >>>= 7;
  }
  return putVarint(buffer, at, low);
}

export function putDouble(buffer: Uint8Array, at: number, value: number): number {
  doubles[0] = value;
  const low = words[0]!;
  const high = words[1]!;
  buffer[at] = low;
  buffer[at + 1] = low >> 8;
  buffer[at + 2] = low >> 16;
  buffer[at + 3] = low >> 24;
  buffer[at + 4] = high;
  buffer[at + 5] = high >> 8;
  buffer[at + 6] = high >> 16;
  buffer[at + 7] = high >> 24;
  return at + 8;
}

/** A tag, a length and ASCII. */
export function putAscii(buffer: Uint8Array, position: number, tag: number, text: string): number {
  const length = text.length;
  const at = position + 2;
  buffer[position] = tag;
  buffer[position + 1] = length;
  if (length > 32) native.latin1Write.call(buffer, text, at, length);
  else for (let i = 0; i < length; i++) buffer[at + i] = text.charCodeAt(i);
  return at + length;
}

/** A tag, a length and UTF-8. */
export function putUtf8(buffer: Uint8Array, position: number, tag: number, text: string): number {
  buffer[position] = tag;
  return close(buffer, position + 1, position + 2 + native.utf8Write.call(buffer, text, position + 2, text.length * 3));
}

/** Puts a length, which may have two bytes, where one was left for it. */
export function close(buffer: Uint8Array, mark: number, end: number): number {
  const length = end - mark - 1;
  if (length < 0x80) {
    buffer[mark] = length;
    return end;
  }
  buffer.copyWithin(mark + 2, mark + 1, end);
  buffer[mark] = (length & 0x7f) | 0x80;
  buffer[mark + 1] = length >> 7;
  return end + 1;
}
