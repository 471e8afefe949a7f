/**
 * Base-128 varints of protobuf, least significant group first.
 * Source: https://protobuf.dev/programming-guides/encoding/#varints
 */

/** Bytes of the shortest varint of an unsigned 32-bit value. */
export function varintLength(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  return value < 0x10000000 ? 4 : 5;
}

/** Writes an unsigned 32-bit value at `position`, which must have room, and returns the position behind it. */
export function putVarint(buffer: Uint8Array, position: number, value: number): number {
  let rest = value;
  let at = position;
  while (rest > 0x7f) {
    buffer[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  buffer[at++] = rest;
  return at;
}

/** Writes an unsigned 64-bit value, given as two 32-bit halves (signed or not), and returns the position behind it. */
export function putVarint64(buffer: Uint8Array, position: number, low: number, high: number): number {
  let rest = low >>> 0;
  let above = high >>> 0;
  let at = position;
  while (above !== 0) {
    buffer[at++] = (rest & 0x7f) | 0x80;
    rest = ((rest >>> 7) | (above << 25)) >>> 0;
    above >>>= 7;
  }
  return putVarint(buffer, at, rest);
}
