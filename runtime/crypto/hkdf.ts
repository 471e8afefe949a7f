import { CryptoError, type CryptoProvider } from "./provider.ts";

/** Bytes of SHA-256, hence of a block of HKDF. */
const HASH_BYTES = 32;

const noInfo = new Uint8Array(0);

/**
 * Noise's HKDF (section 4.3 of its specification) over HMAC-SHA-256: `count` outputs of 32 bytes each. It is RFC 5869 with the chaining key
 * as salt, the input as key material and an empty info.
 */
export function noiseHkdf(crypto: CryptoProvider, chainingKey: Uint8Array, input: Uint8Array, count: 2): [Uint8Array, Uint8Array];
export function noiseHkdf(
  crypto: CryptoProvider,
  chainingKey: Uint8Array,
  input: Uint8Array,
  count: 3,
): [Uint8Array, Uint8Array, Uint8Array];
export function noiseHkdf(crypto: CryptoProvider, chainingKey: Uint8Array, input: Uint8Array, count: 2 | 3): Uint8Array[] {
  const okm = hkdf(crypto, chainingKey, input, noInfo, count * HASH_BYTES);
  const outputs = Array.from({ length: count }, (_, index) => okm.slice(index * HASH_BYTES, (index + 1) * HASH_BYTES));
  okm.fill(0);
  return outputs;
}

/**
 * HKDF-SHA-256 (RFC 5869), extract and expand.
 *
 * @param length of the output in bytes, at most 255 × 32; CryptoError above it
 */
export function hkdf(crypto: CryptoProvider, salt: Uint8Array, input: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  if (length > 255 * HASH_BYTES) throw new CryptoError(`HKDF-SHA-256 gives at most ${255 * HASH_BYTES} bytes, not ${length}`);
  const pseudorandomKey = crypto.hmacSha256(salt, input);
  // One block for all rounds: T(n-1) || info || n. The first round has no T(0), so it starts after its place.
  const block = new Uint8Array(HASH_BYTES + info.length + 1);
  block.set(info, HASH_BYTES);
  const output = new Uint8Array(length);
  for (let round = 1, done = 0; done < length; round++, done += HASH_BYTES) {
    block[block.length - 1] = round;
    const bytes = crypto.hmacSha256(pseudorandomKey, round === 1 ? block.subarray(HASH_BYTES) : block);
    output.set(bytes.subarray(0, length - done), done);
    block.set(bytes);
    bytes.fill(0);
  }
  pseudorandomKey.fill(0);
  block.fill(0);
  return output;
}
