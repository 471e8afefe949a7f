import { sha256 } from "@noble/hashes/sha2.js";

/** SHA-256 of bytes that come one after the other. */
export interface Digest {
  update(bytes: Uint8Array): unknown;
  /** 32 bytes; nothing may be added afterwards. */
  digest(): Uint8Array;
}

/** Bytes of one digest. */
export const DIGEST_BYTES = 32;

/** As much of Node's `crypto` as is used. */
interface NativeHashes {
  createHash(algorithm: "sha256"): Digest;
}

/** Asked for at run time, so that a page's bundle holds no import of Node's. */
const native = (globalThis.process as { getBuiltinModule?(name: string): unknown } | undefined)?.getBuiltinModule?.("node:crypto") as
  | NativeHashes
  | undefined;

/**
 * The platform's own where it has one that takes bytes as they come; browsers have none. It runs on the event loop, a chunk at a time: 60 KiB take 0.04 ms natively
 * and half a millisecond in a page, less than it costs to hand them to a worker and wait for its answer.
 */
export function createDigest(): Digest {
  return native?.createHash("sha256") ?? sha256.create();
}
