/** Bytes of a block of SHA-256. */
const BLOCK_BYTES = 64;
const HASH_BYTES = 32;
/** The longest data for which memory is used again: nearly all of a handshake's are. Allocating it would take a third of the whole. */
const KEPT_BYTES = 64;

const kept = /* @__PURE__ */ new Uint8Array(BLOCK_BYTES + KEPT_BYTES);
/** Of that memory, by the length of the data. */
const views: Uint8Array[] = [];
const outer = /* @__PURE__ */ new Uint8Array(BLOCK_BYTES + HASH_BYTES);

/**
 * HMAC-SHA-256 (RFC 2104) over a hash that is called with whole inputs: node:crypto's objects for it cost more than both of its hashes. What it makes
 * of the key is overwritten.
 *
 * @returns 32 bytes
 */
export function hmacSha256(sha256: (data: Uint8Array) => Uint8Array, key: Uint8Array, data: Uint8Array): Uint8Array {
  const short = key.length > BLOCK_BYTES ? sha256(key) : key;
  const inner = innerFor(data.length);
  for (let index = 0; index < BLOCK_BYTES; index++) {
    const byte = index < short.length ? short[index]! : 0;
    inner[index] = byte ^ 0x36;
    outer[index] = byte ^ 0x5c;
  }
  inner.set(data, BLOCK_BYTES);
  outer.set(sha256(inner), BLOCK_BYTES);
  const mac = sha256(outer);
  inner.fill(0);
  outer.fill(0);
  return mac;
}

function innerFor(dataBytes: number): Uint8Array {
  if (dataBytes > KEPT_BYTES) return new Uint8Array(BLOCK_BYTES + dataBytes);
  views[dataBytes] ??= kept.subarray(0, BLOCK_BYTES + dataBytes);
  return views[dataBytes];
}
