import type { CryptoProvider } from "../crypto/provider.ts";

/** Enough to tell a server's few keys apart. */
export const KEY_HINT_BYTES = 8;

/** How an offer names the static key that it expects: the first bytes of its SHA-256. */
export function keyHint(crypto: CryptoProvider, staticKey: Uint8Array): Uint8Array {
  return crypto.sha256(staticKey).slice(0, KEY_HINT_BYTES);
}
