import { NO_CODE } from "./websocket-limits.ts";

/** What frames are (RFC 6455, section 5.2). From `close` on they control the connection. */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** The longest payload of a frame that controls the connection. */
export const MAX_CONTROL_BYTES = 125;
export const MASK_BYTES = 4;

export const FIN = 0x80;
const RESERVED_BITS = 0x70;
export const MASKED = 0x80;
/** In place of a length: it follows in 16, or in 64 bits. */
export const LENGTH_16 = 126;
export const LENGTH_64 = 127;

export function opcodeOf(bytes: Uint8Array, at: number): number {
  return bytes[at]! & 0x0f;
}

/** Whether a frame is the last of its message. */
export function isLast(bytes: Uint8Array, at: number): boolean {
  return (bytes[at]! & FIN) !== 0;
}

/** Whether the payload is masked: then the mask is the end of the header. */
function isMasked(bytes: Uint8Array, at: number): boolean {
  return (bytes[at + 1]! & MASKED) !== 0;
}

/** How long the header at `at` is, as far as can be seen. */
export function headerBytes(bytes: Uint8Array, at: number): number {
  if (bytes.length - at < 2) return 2;
  const second = bytes[at + 1]!;
  return 2 + lengthBytes(second & ~MASKED) + (second >= MASKED ? MASK_BYTES : 0);
}

function lengthBytes(short: number): number {
  return short < LENGTH_16 ? 0 : short < LENGTH_64 ? 2 : 8;
}

/** A big-endian number. One of 64 bits may be rounded: far above any limit. */
function unsigned(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let i = 0; i < length; i++) value = value * 256 + bytes[at + i]!;
  return value;
}

/** What the header at `at` says of its payload. */
export function payloadBytes(bytes: Uint8Array, at: number): number {
  const short = bytes[at + 1]! & ~MASKED;
  return short < LENGTH_16 ? short : unsigned(bytes, at + 2, lengthBytes(short));
}

/**
 * What is wrong with a header wherever it stands.
 *
 * @param length what it says of its payload
 * @param masked whether it must be: a client's frames are, a server's are not (RFC 6455, section 5.1)
 */
export function headerFault(bytes: Uint8Array, at: number, length: number, masked: boolean): string | undefined {
  const short = bytes[at + 1]! & ~MASKED;
  if ((bytes[at]! & RESERVED_BITS) !== 0) return "a frame has a reserved bit set";
  if (isMasked(bytes, at) !== masked) return masked ? "a frame is not masked" : "a server's frame is masked";
  if (short >= LENGTH_16 && length < (short === LENGTH_16 ? LENGTH_16 : 0x1_00_00))
    return "a frame's length is written longer than it need be";
  return undefined;
}

/** The code of a closing frame (RFC 6455, section 7.4, and IANA's registry); undefined when it may not be sent, or is cut short. */
export function closeCode(payload: Uint8Array): number | undefined {
  if (payload.length === 0) return NO_CODE;
  const code = payload.length === 1 ? 0 : unsigned(payload, 0, 2);
  const defined = code >= 1000 && code <= 1014 && code !== 1004 && code !== NO_CODE && code !== 1006;
  return defined || (code >= 3000 && code <= 4999) ? code : undefined;
}

/** The mask of the payload behind the header at `at`; 0, which changes nothing, where there is none. */
export function maskOf(bytes: Uint8Array, at: number): number {
  if (!isMasked(bytes, at)) return 0;
  const mask = at + headerBytes(bytes, at) - MASK_BYTES;
  return (bytes[mask]! << 24) | (bytes[mask + 1]! << 16) | (bytes[mask + 2]! << 8) | bytes[mask + 3]!;
}
