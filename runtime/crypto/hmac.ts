/** Bytes of a block of SHA-256. */
const BLOCK_BYTES = 64;

/**
 * HMAC-SHA-256 (RFC 2104) over a hash that is called with whole inputs: node:crypto's objects for it cost more than both of its hashes. What it makes
 * of the key is overwritten.
 *
 * @returns 32 bytes
 */
export function hmacSha256(sha256: (data: Uint8Array) => Uint8Array, key: Uint8Array, data: Uint8Array): Uint8Array {
  const short = key.length > BLOCK_BYTES ? sha256(key) : key;
  const inner = new Uint8Array(BLOCK_BYTES + data.length).fill(0x36, 0, BLOCK_BYTES);
  const outer = new Uint8Array(BLOCK_BYTES + 32).fill(0x5c, 0, BLOCK_BYTES);
  for (let index = 0; index < short.length; index++) {
    inner[index]! ^= short[index]!;
    outer[index]! ^= short[index]!;
  }
  inner.set(data, BLOCK_BYTES);
  outer.set(sha256(inner), BLOCK_BYTES);
  const mac = sha256(outer);
  inner.fill(0);
  outer.fill(0);
  return mac;
}
