/** One function for each scalar type of protobuf. All throw CommandError INVALID_ARGUMENT for malformed bytes. */
import { malformed } from "./fault.ts";
import { float32, float64, high, low, signed, unsigned, words } from "./int64.ts";
import type { Reader } from "./reader.ts";

export function readUint32(reader: Reader): number {
  return reader.uint32();
}

export function readInt32(reader: Reader): number {
  return reader.uint32() | 0;
}

export function readSint32(reader: Reader): number {
  const value = reader.uint32();
  return (value >>> 1) ^ -(value & 1);
}

export function readFixed32(reader: Reader): number {
  return readSfixed32(reader) >>> 0;
}

export function readSfixed32(reader: Reader): number {
  const at = reader.advance(4);
  const bytes = reader.bytes;
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

export function readInt64(reader: Reader): bigint {
  readVarint64(reader);
  return signed[0]!;
}

export function readUint64(reader: Reader): bigint {
  readVarint64(reader);
  return unsigned[0]!;
}

export function readSint64(reader: Reader): bigint {
  readVarint64(reader);
  const below = words[low]!;
  const above = words[high]!;
  const sign = -(below & 1);
  words[low] = ((below >>> 1) | (above << 31)) ^ sign;
  words[high] = (above >>> 1) ^ sign;
  return signed[0]!;
}

export function readFixed64(reader: Reader): bigint {
  readWords(reader);
  return unsigned[0]!;
}

export function readSfixed64(reader: Reader): bigint {
  readWords(reader);
  return signed[0]!;
}

export function readFloat(reader: Reader): number {
  words[0] = readSfixed32(reader);
  return float32[0]!;
}

export function readDouble(reader: Reader): number {
  readWords(reader);
  return float64[0]!;
}

/** Any varint but 0 is true, however long. */
export function readBool(reader: Reader): boolean {
  const { position, bytes } = reader;
  if (position < reader.end && bytes[position]! < 2) {
    reader.position = position + 1;
    return bytes[position] === 1;
  }
  readVarint64(reader);
  return (words[0]! | words[1]!) !== 0;
}

export function readString(reader: Reader): string {
  return reader.string(reader.uint32());
}

/** A copy, which the message owns. */
export function readBytes(reader: Reader): Uint8Array {
  return reader.copy(reader.uint32());
}

/** A view into the memory that the reader borrows, or a copy where the message will outlive that. */
export function readView(reader: Reader): Uint8Array {
  return reader.view(reader.uint32());
}

function readWords(reader: Reader): void {
  words[low] = readSfixed32(reader);
  words[high] = readSfixed32(reader);
}

/** Reads a varint of up to 64 bits into `words`: four groups, four that straddle the halves, and two. */
function readVarint64(reader: Reader): void {
  const { bytes, end } = reader;
  let at = reader.position;
  let below = 0;
  let above = 0;
  let byte = 0x80;
  for (let shift = 0; shift < 28 && byte > 0x7f; shift += 7) {
    if (at >= end) malformed("it ends within a varint");
    byte = bytes[at++]!;
    below |= (byte & 0x7f) << shift;
  }
  if (byte > 0x7f) {
    let middle = 0;
    for (let shift = 0; shift < 28 && byte > 0x7f; shift += 7) {
      if (at >= end) malformed("it ends within a varint");
      byte = bytes[at++]!;
      middle |= (byte & 0x7f) << shift;
    }
    for (let shift = 24; shift < 38 && byte > 0x7f; shift += 7) {
      if (at >= end) malformed("it ends within a varint");
      byte = bytes[at++]!;
      above |= (byte & 0x7f) << shift;
    }
    if (byte > 0x7f) malformed("a varint is longer than 10 bytes");
    below |= middle << 28;
    above |= middle >>> 4;
  }
  words[low] = below;
  words[high] = above;
  reader.position = at;
}
