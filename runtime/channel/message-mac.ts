import { concatBytes } from "../bytes/concat.ts";
import type { CryptoProvider } from "../crypto/provider.ts";

/** Bytes of the MAC behind message 1. Whoever guesses one has gained a Diffie-Hellman, so that half of the hash is plenty. */
export const MESSAGE_MAC_BYTES = 16;

/** Domain of the key, apart from every other use of a public key. */
const label: Uint8Array = /* @__PURE__ */ new TextEncoder().encode("zserver mac1");

/**
 * The MAC behind message 1 of a handshake (docs/PROTOCOL.md, "Handshake"). It shows that the dialler knows which server it is about to ask for a
 * Diffie-Hellman, before the listener computes one; it authenticates nobody.
 *
 * @param serverKey the static key that the offer hints at, the pinned identity (XX), or nothing (XX, a key that is to be judged)
 * @param offer the offer's packet, length included
 */
export function messageMac(crypto: CryptoProvider, serverKey: Uint8Array, offer: Uint8Array, message1: Uint8Array): Uint8Array {
  const key = crypto.sha256(concatBytes(label, serverKey));
  return crypto.hmacSha256(key, concatBytes(offer, message1)).slice(0, MESSAGE_MAC_BYTES);
}
