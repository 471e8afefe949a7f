import { createRequire } from "node:module";
import type { Cipher } from "./aead.ts";

/** What is used of sodium-native 5, which declares no types of its own. All of it throws on a wrong length. */
export interface Sodium {
  /** Writes ciphertext and tag into `sealed`; `plaintext` may start at the same place. `nsec` is unused in libsodium and must be null. */
  crypto_aead_chacha20poly1305_ietf_encrypt(
    sealed: Uint8Array,
    plaintext: Uint8Array,
    associatedData: Uint8Array,
    nsec: null,
    nonce: Uint8Array,
    key: Uint8Array,
  ): number;
  /** Bytes of the plaintext. Throws when the tag is wrong, and has then filled `plaintext` with zeros. */
  crypto_aead_chacha20poly1305_ietf_decrypt(
    plaintext: Uint8Array,
    nsec: null,
    sealed: Uint8Array,
    associatedData: Uint8Array,
    nonce: Uint8Array,
    key: Uint8Array,
  ): number;
  crypto_hash_sha256(hash: Uint8Array, data: Uint8Array): void;
  crypto_scalarmult_base(publicKey: Uint8Array, privateKey: Uint8Array): void;
  /** Throws when the result is all zero. */
  crypto_scalarmult(secret: Uint8Array, privateKey: Uint8Array, publicKey: Uint8Array): void;
}

/** What `serve` prints once when sodium-native is not there. */
export const sodiumMissingNotice: string =
  "sodium-native is not installed, so node:crypto seals the records: about 5 µs for a small one instead of 1, and twice the time for the " +
  "key agreement of a handshake. Nothing else changes. To add it: npm install sodium-native@5";

/** sodium-native where it is installed and has a binary for this platform, else undefined. Loaded at the first call (about 15 ms). */
export function loadSodium(): Sodium | undefined {
  if (loaded === undefined) {
    try {
      // In a bundle that is CommonJS, import.meta says nothing.
      loaded = createRequire(typeof __filename === "string" ? __filename : import.meta.url)("sodium-native") as Sodium;
    } catch {
      loaded = "absent";
    }
  }
  return loaded === "absent" ? undefined : loaded;
}

/** Undefined until somebody asks. */
let loaded: Sodium | "absent" | undefined;

/** Whether `nativeCrypto()` uses sodium-native here. */
export function isSodiumInstalled(): boolean {
  return loadSodium() !== undefined;
}

/** libsodium's SHA-256. */
export function sodiumSha256(sodium: Sodium): (data: Uint8Array) => Uint8Array {
  return (data) => {
    const hash = new Uint8Array(32);
    sodium.crypto_hash_sha256(hash, data);
    return hash;
  };
}

/** libsodium's ChaCha20-Poly1305, which writes straight into the caller's memory. */
export function sodiumCipher(sodium: Sodium): Cipher {
  return {
    seal(key, nonce, associatedData, plaintext, sealed) {
      sodium.crypto_aead_chacha20poly1305_ietf_encrypt(sealed, plaintext, associatedData, null, nonce, key);
    },
    open(key, nonce, associatedData, sealed, plaintext) {
      try {
        const opened = sodium.crypto_aead_chacha20poly1305_ietf_decrypt(plaintext, null, sealed, associatedData, nonce, key);
        return opened === plaintext.length;
      } catch {
        return false;
      }
    },
  };
}
