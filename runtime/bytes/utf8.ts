/**
 * UTF-8 as RFC 3629 has it, refused in both directions when it is not valid: no lone surrogates, no overlong forms, nothing above U+10FFFF.
 * Short text is cheaper in JavaScript than through a native call; long text goes through Buffer where the platform has it.
 */
import { malformed, unsendable } from "./fault.ts";
import { putVarint, varintLength } from "./varint.ts";

/** What Node's Buffer offers beyond the standard. The methods work on any Uint8Array. */
interface NativeText {
  latin1Slice(this: Uint8Array, start: number, end: number): string;
  utf8Slice(this: Uint8Array, start: number, end: number): string;
  utf8Write(this: Uint8Array, text: string, position: number, length: number): number;
}

const native: NativeText | undefined = findNative();
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Up to this many units a loop in JavaScript writes text faster than a native call (Node 20, x64). */
export const shortText = 32;
/** Up to this many bytes a loop reads text that is not ASCII faster than a native call. */
const shortBytes = 24;

function findNative(): NativeText | undefined {
  const prototype = (globalThis as { Buffer?: { prototype: Partial<NativeText> } }).Buffer?.prototype;
  const complete = prototype?.latin1Slice !== undefined && prototype.utf8Slice !== undefined && prototype.utf8Write !== undefined;
  return complete ? (prototype as NativeText) : undefined;
}

/** Whether {@link latin1Text} is there. */
export const hasLatin1: boolean = native !== undefined;

/** One character for each byte. */
export function latin1Text(bytes: Uint8Array, start: number, end: number): string {
  return native!.latin1Slice.call(bytes, start, end);
}

/** Whether all bytes are below 0x80. */
export function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  let i = start;
  for (; i + 8 <= end; i += 8) {
    const half = bytes[i]! | bytes[i + 1]! | bytes[i + 2]! | bytes[i + 3]!;
    if ((half | bytes[i + 4]! | bytes[i + 5]! | bytes[i + 6]! | bytes[i + 7]!) > 0x7f) return false;
  }
  if (i + 4 <= end) {
    if ((bytes[i]! | bytes[i + 1]! | bytes[i + 2]! | bytes[i + 3]!) > 0x7f) return false;
    i += 4;
  }
  for (; i < end; i++) if (bytes[i]! > 0x7f) return false;
  return true;
}

/** Whether `text` holds no lone surrogate. */
export function isWellFormed(text: string): boolean {
  const check = (text as { isWellFormed?: () => boolean }).isWellFormed;
  return check === undefined ? !/\p{Surrogate}/u.test(text) : check.call(text);
}

/** Text with a lone surrogate. Throws CommandError INVALID_ARGUMENT. */
export function illFormed(field: string, text: string): never {
  unsendable(field, text, "well-formed: it holds a lone surrogate");
}

/**
 * Writes a length and `text` at `position` and returns the position behind them. `buffer` must have room for three bytes a unit and five more.
 * Throws CommandError INVALID_ARGUMENT that names `field` for a lone surrogate.
 */
export function putText(buffer: Uint8Array, position: number, text: string, field: string): number {
  // Lengths are nearly always as long as those of ASCII; otherwise the text moves by a byte.
  const guess = varintLength(text.length);
  const end = putUtf8(buffer, position + guess, text);
  if (end < 0) illFormed(field, text);
  const length = end - position - guess;
  const start = position + varintLength(length);
  if (start > position + guess) buffer.copyWithin(start, position + guess, end);
  putVarint(buffer, position, length);
  return start + length;
}

/**
 * Writes `text` at `position` and returns the position behind it, or -1 when it holds a lone surrogate.
 * `buffer` must have room for three bytes a unit.
 */
export function putUtf8(buffer: Uint8Array, position: number, text: string): number {
  const room = text.length * 3;
  const written =
    native === undefined
      ? encoder.encodeInto(text, buffer.subarray(position, position + room)).written
      : native.utf8Write.call(buffer, text, position, room);
  return written === text.length || isWellFormed(text) ? position + written : -1;
}

/** Text in memory of its own. Throws CommandError INVALID_ARGUMENT when the bytes are not valid UTF-8. */
export function utf8Text(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= shortBytes) return shortUtf8(bytes, start, end);
  if (native === undefined) return decodeLong(bytes, start, end);
  const text = native.utf8Slice.call(bytes, start, end);
  // Every invalid sequence becomes U+FFFD, so that text without one was valid; text with one may still hold it rightly.
  return text.includes("\ufffd") ? decodeLong(bytes, start, end) : text;
}

function decodeLong(bytes: Uint8Array, start: number, end: number): string {
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch {
    return malformed("a string is not valid UTF-8");
  }
}

function shortUtf8(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  let at = start;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte < 0x80) {
      text += String.fromCharCode(byte);
      at++;
      continue;
    }
    const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    text += String.fromCodePoint(codePoint(bytes, at, end, length));
    at += length;
  }
  return text;
}

/** The smallest code point of each length of sequence. */
const smallest: readonly number[] = [0, 0, 0x80, 0x800, 0x10000];

function codePoint(bytes: Uint8Array, at: number, end: number, length: number): number {
  const first = bytes[at]!;
  if (first < 0xc2 || first > 0xf4 || at + length > end) malformed("a string is not valid UTF-8");
  let point = first & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i]!;
    if ((byte & 0xc0) !== 0x80) malformed("a string is not valid UTF-8");
    point = (point << 6) | (byte & 0x3f);
  }
  if (point < smallest[length]! || point > 0x10ffff || (point & 0x1ff800) === 0xd800) malformed("a string is not valid UTF-8");
  return point;
}
