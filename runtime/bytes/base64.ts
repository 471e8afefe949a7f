import { utf8Text } from "./utf8.ts";

const standard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const characters: Uint8Array = Uint8Array.from(standard, (character) => character.charCodeAt(0));
const padding = 0x3d;

/** The six bits of each ASCII character in either alphabet; -1 for others. */
const values: Int8Array = new Int8Array(128).fill(-1);
for (const [value, code] of characters.entries()) values[code] = value;
values[0x2d] = 62;
values[0x5f] = 63;

/** What Node's Buffer has for this. The method works on any Uint8Array. */
const native: ((this: Uint8Array, start: number, end: number) => string) | undefined = (
  globalThis as { Buffer?: { prototype: { base64Slice?: (start: number, end: number) => string } } }
).Buffer?.prototype.base64Slice;

/** base64 with padding (RFC 4648, section 4). */
export function encodeBase64(bytes: Uint8Array): string {
  return native === undefined ? portableBase64(bytes) : native.call(bytes, 0, bytes.length);
}

/** {@link encodeBase64} without the platform's help. */
export function portableBase64(bytes: Uint8Array): string {
  const { length } = bytes;
  const text = new Uint8Array(Math.ceil(length / 3) * 4);
  let at = 0;
  for (let i = 0; i < length; i += 3) {
    const held = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text[at++] = characters[held >> 18]!;
    text[at++] = characters[(held >> 12) & 63]!;
    text[at++] = i + 1 < length ? characters[(held >> 6) & 63]! : padding;
    text[at++] = i + 2 < length ? characters[held & 63]! : padding;
  }
  return utf8Text(text, 0, at);
}

/** base64 or base64url, with or without padding; undefined for anything else. Bits behind the last byte may be what they like. */
export function decodeBase64(text: string): Uint8Array | undefined {
  let end = text.length;
  if (end % 4 === 0) for (let i = 0; i < 2 && text.charCodeAt(end - 1) === padding; i++) end--;
  if (end % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((end * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < end; i++) {
    const value = values[text.charCodeAt(i)] ?? -1;
    if (value < 0) return undefined;
    held = (held << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = held >>> bits;
    }
  }
  return bytes;
}
