/** The four bytes that a frame's payload is masked with, the first highest. Undefined: it is not masked. */
export type Mask = number | undefined;

/** Payloads shorter than this are masked byte by byte: a view of them as words costs more. In bytes. */
const WORDS_FROM_BYTES = 64;

/** One word as the platform keeps it, and its bytes in the order of the memory. */
const word = new Int32Array(1);
const wordBytes = new Uint8Array(word.buffer);

/** The mask as it goes on after so many bytes: its next byte is always the highest. */
function turned(mask: number, bytes: number): number {
  const bits = (bytes & 3) * 8;
  return bits === 0 ? mask : (mask << bits) | (mask >>> (32 - bits));
}

/**
 * Masks bytes in place, or takes their mask away: it is the same (RFC 6455, section 5.3).
 *
 * @param mask four bytes, the one for `bytes[0]` highest
 * @returns the mask for the bytes that follow
 */
export function applyMask(bytes: Uint8Array, mask: number): number {
  const { length } = bytes;
  let at = 0;
  let rest = mask;
  if (length >= WORDS_FROM_BYTES) {
    const lead = -bytes.byteOffset & 3;
    rest = maskBytes(bytes, 0, lead, rest);
    for (let i = 0; i < 4; i++) wordBytes[i] = rest >>> (24 - 8 * i);
    const key = word[0]!;
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + lead, (length - lead) >>> 2);
    for (let i = 0; i < words.length; i++) words[i]! ^= key;
    at = lead + words.length * 4;
  }
  return maskBytes(bytes, at, length, rest);
}

function maskBytes(bytes: Uint8Array, from: number, to: number, mask: number): number {
  for (let i = from; i < to; i++) bytes[i]! ^= mask >>> (24 - 8 * ((i - from) & 3));
  return turned(mask, to - from);
}
