import { concatBytes } from "../../bytes/concat.ts";
import { noiseHkdf } from "../hkdf.ts";
import type { CryptoProvider } from "../provider.ts";
import { CipherState } from "./cipher-state.ts";

/** Bytes of a hash, a chaining key and a cipher key alike. */
export const HASH_BYTES = 32;

const encoder = new TextEncoder();
const empty = new Uint8Array(0);

/** Noise's SymmetricState (section 5.2): the transcript's hash `h`, the chaining key `ck`, and the cipher of handshake payloads. */
export class SymmetricState {
  readonly #crypto: CryptoProvider;
  readonly #cipher = new CipherState();
  #hash: Uint8Array;
  #chainingKey: Uint8Array;

  /** InitializeSymmetric. */
  constructor(crypto: CryptoProvider, protocolName: string) {
    this.#crypto = crypto;
    const name = encoder.encode(protocolName);
    this.#hash = name.length <= HASH_BYTES ? concatBytes(name, new Uint8Array(HASH_BYTES - name.length)) : crypto.sha256(name);
    this.#chainingKey = this.#hash.slice();
  }

  /** GetHandshakeHash, a copy. */
  get hash(): Uint8Array {
    return this.#hash.slice();
  }

  /** Whether payloads are encrypted by now. */
  get hasKey(): boolean {
    return this.#cipher.hasKey;
  }

  mixHash(data: Uint8Array): void {
    this.#hash = this.#crypto.sha256(concatBytes(this.#hash, data));
  }

  mixKey(inputKeyMaterial: Uint8Array): void {
    const [chainingKey, key] = noiseHkdf(this.#crypto, this.#chainingKey, inputKeyMaterial, 2);
    this.#replaceChainingKey(chainingKey);
    this.#initializeKey(key);
  }

  mixKeyAndHash(inputKeyMaterial: Uint8Array): void {
    const [chainingKey, hash, key] = noiseHkdf(this.#crypto, this.#chainingKey, inputKeyMaterial, 3);
    this.#replaceChainingKey(chainingKey);
    this.mixHash(hash);
    this.#initializeKey(key);
  }

  encryptAndHash(plaintext: Uint8Array): Uint8Array {
    const ciphertext = this.#cipher.encryptWithAd(this.#hash, plaintext);
    this.mixHash(ciphertext);
    return ciphertext;
  }

  /** Throws NoiseError when the ciphertext does not verify. */
  decryptAndHash(ciphertext: Uint8Array): Uint8Array {
    const plaintext = this.#cipher.decryptWithAd(this.#hash, ciphertext);
    this.mixHash(ciphertext);
    return plaintext;
  }

  /** Split: the cipher of the initiator's messages, then that of the responder's. */
  split(): [CipherState, CipherState] {
    const [first, second] = noiseHkdf(this.#crypto, this.#chainingKey, empty, 2);
    const ciphers: [CipherState, CipherState] = [new CipherState(this.#crypto.aead(first)), new CipherState(this.#crypto.aead(second))];
    first.fill(0);
    second.fill(0);
    return ciphers;
  }

  /**
   * A secret for other purposes, bound to the whole transcript: HMAC-SHA256(ck, label || h). It is apart from what Noise itself takes out of the
   * chaining key as long as a label is not empty: Noise's own inputs have 0 or 32 bytes.
   */
  exportSecret(label: string): Uint8Array {
    return this.#crypto.hmacSha256(this.#chainingKey, concatBytes(encoder.encode(label), this.#hash));
  }

  /** Overwrites all that is secret. What `split` returned lives on. */
  wipe(): void {
    this.#chainingKey.fill(0);
    this.#cipher.wipe();
  }

  #replaceChainingKey(chainingKey: Uint8Array): void {
    this.#chainingKey.fill(0);
    this.#chainingKey = chainingKey;
  }

  #initializeKey(key: Uint8Array): void {
    this.#cipher.initializeKey(this.#crypto.aead(key));
    key.fill(0);
  }
}
