import { createCipheriv, createDecipheriv } from "node:crypto";
import { release } from "../bytes/release.ts";
import type { Cipher } from "./aead.ts";
import { TAG_BYTES } from "./provider.ts";

const chacha20Poly1305 = "chacha20-poly1305";
const tagLength = { authTagLength: TAG_BYTES };

/** node:crypto's ChaCha20-Poly1305. It decrypts before it knows the tag to be right, so the plaintext stays in memory of its own until then. */
export const nodeCipher: Cipher = {
  seal(key, nonce, associatedData, plaintext, sealed) {
    const cipher = createCipheriv(chacha20Poly1305, key, nonce, tagLength);
    cipher.setAAD(associatedData, { plaintextLength: plaintext.length });
    const ciphertext = cipher.update(plaintext);
    sealed.set(ciphertext);
    release(ciphertext);
    cipher.final();
    sealed.set(cipher.getAuthTag(), plaintext.length);
  },
  open(key, nonce, associatedData, sealed, plaintext) {
    const decipher = createDecipheriv(chacha20Poly1305, key, nonce, tagLength);
    decipher.setAAD(associatedData, { plaintextLength: plaintext.length });
    decipher.setAuthTag(sealed.subarray(plaintext.length));
    const opened = decipher.update(sealed.subarray(0, plaintext.length));
    try {
      decipher.final();
    } catch {
      opened.fill(0);
      return false;
    }
    plaintext.set(opened);
    opened.fill(0);
    release(opened);
    return true;
  },
};

/** From so many bytes on OpenSSL's instructions, which are wider than libsodium's, make up for the objects that node:crypto needs. */
const LONG_BYTES = 32_768;

/** Another's cipher for what is short, node:crypto's for what is long. */
export const withNodeForLong = (short: Cipher): Cipher => ({
  seal(key, nonce, associatedData, plaintext, sealed) {
    (plaintext.length < LONG_BYTES ? short : nodeCipher).seal(key, nonce, associatedData, plaintext, sealed);
  },
  open: (key, nonce, associatedData, sealed, plaintext) =>
    (plaintext.length < LONG_BYTES ? short : nodeCipher).open(key, nonce, associatedData, sealed, plaintext),
});
