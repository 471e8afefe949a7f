import { type Aead, TAG_BYTES } from "../provider.ts";
import { NoiseError } from "./noise-error.ts";

/**
 * Noise's CipherState (section 5.1): a key, once there is one, and the counter of its nonces, which restarts with every key. REKEY is left out:
 * keys are renewed with fresh Diffie-Hellman here. The counter stays below 2^53, beyond which the AEAD throws; no key lives so long.
 */
export class CipherState {
  #aead: Aead | undefined;
  #nonce = 0;

  constructor(aead?: Aead) {
    this.#aead = aead;
  }

  get hasKey(): boolean {
    return this.#aead !== undefined;
  }

  /** InitializeKey: the former key is wiped. */
  initializeKey(aead: Aead): void {
    this.#aead?.wipe();
    this.#aead = aead;
    this.#nonce = 0;
  }

  /** EncryptWithAd. Without a key the plaintext itself, copied. */
  encryptWithAd(associatedData: Uint8Array, plaintext: Uint8Array): Uint8Array {
    if (this.#aead === undefined) return plaintext.slice();
    const output = new Uint8Array(plaintext.length + TAG_BYTES);
    this.seal(associatedData, plaintext, output, 0);
    return output;
  }

  /** DecryptWithAd. Without a key the ciphertext itself, copied. Throws NoiseError when the tag is wrong or missing. */
  decryptWithAd(associatedData: Uint8Array, ciphertext: Uint8Array): Uint8Array {
    if (this.#aead === undefined) return ciphertext.slice();
    if (ciphertext.length < TAG_BYTES) throw new NoiseError("the message is too short for its tag");
    const output = new Uint8Array(ciphertext.length - TAG_BYTES);
    if (!this.open(associatedData, ciphertext, output, 0)) throw new NoiseError("the message does not verify");
    return output;
  }

  /** EncryptWithAd into the caller's memory, as {@link Aead.seal}. Only with a key. */
  seal(associatedData: Uint8Array, plaintext: Uint8Array, output: Uint8Array, offset: number): void {
    required(this.#aead).seal(this.#nonce, associatedData, plaintext, output, offset);
    this.#nonce++;
  }

  /** DecryptWithAd into the caller's memory, as {@link Aead.open}: false when the tag is wrong; the counter stays then. Only with a key. */
  open(associatedData: Uint8Array, sealed: Uint8Array, output: Uint8Array, offset: number): boolean {
    const genuine = required(this.#aead).open(this.#nonce, associatedData, sealed, output, offset);
    if (genuine) this.#nonce++;
    return genuine;
  }

  /** Overwrites the key; later use throws. */
  wipe(): void {
    this.#aead?.wipe();
  }
}

function required(key: Aead | undefined): Aead {
  if (key === undefined) throw new Error("this CipherState has no key");
  return key;
}
