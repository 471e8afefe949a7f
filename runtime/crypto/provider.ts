/**
 * The primitives that the protocol stands on, behind one seam with two implementations: `native` (node:crypto, and sodium-native where it is
 * installed) and `portable` (tweetnacl and @noble, for browsers). Both are synchronous, and both are held against the same vectors.
 * Keys, nonces and digests are plain Uint8Arrays. Nothing returned aliases an argument unless a method says so.
 */
export interface CryptoProvider {
  /** For logs and the start-up notice, for example `native (sodium-native)`. */
  readonly name: string;

  /** A fresh X25519 key pair from 32 random bytes, which become the private key (RFC 7748). */
  x25519KeyPair(seed: Uint8Array): KeyPair;
  /** The shared secret, 32 bytes. Throws CryptoError when it is all zero (RFC 7748, section 6.1) or the key has a wrong length. */
  x25519(pair: KeyPair, publicKey: Uint8Array): Uint8Array;

  /** A key pair from a 32-byte seed (RFC 8032). */
  ed25519KeyPair(seed: Uint8Array): KeyPair;
  /** 64 bytes. */
  ed25519Sign(pair: KeyPair, message: Uint8Array): Uint8Array;
  /** False for anything that is not a valid signature, malformed lengths included. */
  ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;

  /** 32 bytes. */
  sha256(data: Uint8Array): Uint8Array;
  /** 32 bytes. */
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array;

  /** ChaCha20-Poly1305 (RFC 8439) under one 32-byte key. */
  aead(key: Uint8Array): Aead;
}

/** A private key with its public half. Private keys are 32 bytes (for Ed25519 the seed). */
export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

/** One key of an AEAD. Nonces are Noise's: 4 zero bytes and a 64-bit little-endian counter, passed as a number below 2^53. */
export interface Aead {
  /**
   * Seals `plaintext` into `output` at `offset`: the ciphertext, then 16 bytes of tag. `plaintext` may be the same memory as its place in
   * `output` (sealing in place). The caller owns both buffers.
   */
  seal(nonce: number, associatedData: Uint8Array, plaintext: Uint8Array, output: Uint8Array, offset: number): void;
  /**
   * Opens `sealed` (ciphertext and tag) into `output` at `offset`; true when the tag is right. `output` may be the same memory as `sealed`.
   * When the tag is wrong, `output` holds nothing of the plaintext.
   */
  open(nonce: number, associatedData: Uint8Array, sealed: Uint8Array, output: Uint8Array, offset: number): boolean;
  /** Overwrites the key; later calls throw. */
  wipe(): void;
}

/** A primitive refused its input: a key of a wrong length, or an all-zero shared secret. */
export class CryptoError extends Error {
  override readonly name = "CryptoError";
}

/** Bytes of an AEAD tag. */
export const TAG_BYTES = 16;
