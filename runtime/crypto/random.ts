/** A source of random bytes, injected wherever the protocol needs one. */
export type RandomSource = (length: number) => Uint8Array;

/** Bytes that are asked of the platform at a time: a question costs more than a kilobyte of them. */
const POOL_BYTES = 1_024;

let pool: Uint8Array<ArrayBuffer> | undefined;
let used = POOL_BYTES;

/** The platform's cryptographically secure source. What was handed out is overwritten here. */
export const systemRandom: RandomSource = (length) => {
  if (length > POOL_BYTES / 8) return globalThis.crypto.getRandomValues(new Uint8Array(length));
  pool ??= new Uint8Array(POOL_BYTES);
  if (used + length > POOL_BYTES) {
    globalThis.crypto.getRandomValues(pool);
    used = 0;
  }
  const bytes = pool.slice(used, used + length);
  pool.fill(0, used, used + length);
  used += length;
  return bytes;
};
