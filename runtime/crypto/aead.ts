import { KeptSecret } from "./kept-secret.ts";
import { type Aead, CryptoError, TAG_BYTES } from "./provider.ts";

/** Bytes of a ChaCha20-Poly1305 key. */
const AEAD_KEY_BYTES = 32;

const NONCE_BYTES = 12;
const WIPED = "the key was wiped";

/**
 * ChaCha20-Poly1305 (RFC 8439) with its whole 12-byte nonce, without state: the part in which the providers differ. The lengths have been
 * checked: `sealed` is TAG_BYTES longer than `plaintext`. The two may start at the same place in memory.
 */
export interface Cipher {
  seal(key: Uint8Array, nonce: Uint8Array, associatedData: Uint8Array, plaintext: Uint8Array, sealed: Uint8Array): void;
  /** False when the tag is wrong; `plaintext` then holds nothing that the key was needed for. */
  open(key: Uint8Array, nonce: Uint8Array, associatedData: Uint8Array, sealed: Uint8Array, plaintext: Uint8Array): boolean;
}

/** Written before each use and read within it, so one for all keys: a million idle connections do not hold one each. */
const nonceScratch = new Uint8Array(NONCE_BYTES);

/** The nonce of Noise (section 12.3 of its specification): 4 zero bytes, then the counter as 64 bits little-endian. */
function counterNonce(counter: number): Uint8Array {
  if (!Number.isSafeInteger(counter) || counter < 0) throw new CryptoError(`a nonce is a whole number from 0 to 2^53 - 1, not ${counter}`);
  let low = counter >>> 0;
  let high = (counter - low) / 0x1_0000_0000;
  for (let index = 4; index < 8; index++) {
    nonceScratch[index] = low;
    nonceScratch[index + 4] = high;
    low >>>= 8;
    high >>>= 8;
  }
  return nonceScratch;
}

/** One key of a {@link Cipher}, used with Noise's counters. Holds its own copy of the key. */
export class CounterAead extends KeptSecret implements Aead {
  readonly #cipher: Cipher;

  constructor(cipher: Cipher, key: Uint8Array) {
    if (key.length !== AEAD_KEY_BYTES) throw new CryptoError(`an AEAD key has ${AEAD_KEY_BYTES} bytes, not ${key.length}`);
    super(key);
    this.#cipher = cipher;
  }

  seal(nonce: number, associatedData: Uint8Array, plaintext: Uint8Array, output: Uint8Array, offset: number): void {
    if (this.wiped) throw new CryptoError(WIPED);
    const sealed = place(output, offset, plaintext.length + TAG_BYTES);
    this.#cipher.seal(this.bytes, counterNonce(nonce), associatedData, plaintext, sealed);
  }

  open(nonce: number, associatedData: Uint8Array, sealed: Uint8Array, output: Uint8Array, offset: number): boolean {
    if (sealed.length < TAG_BYTES) return false;
    if (this.wiped) throw new CryptoError(WIPED);
    const plaintext = place(output, offset, sealed.length - TAG_BYTES);
    return this.#cipher.open(this.bytes, counterNonce(nonce), associatedData, sealed, plaintext);
  }
}

/** The `length` bytes of `output` from `offset` on; a plain `subarray` would shorten silently. */
function place(output: Uint8Array, offset: number, length: number): Uint8Array {
  if (offset < 0 || offset + length > output.length) {
    throw new CryptoError(`${length} bytes at ${offset} do not fit into an output of ${output.length}`);
  }
  return offset === 0 && length === output.length ? output : output.subarray(offset, offset + length);
}
