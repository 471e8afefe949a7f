import { CryptoError } from "./provider.ts";

/** Bytes of an X25519 or Ed25519 key, public or private (the Ed25519 private key is its seed). */
export const KEY_BYTES = 32;

/** Bytes of an Ed25519 signature. */
export const SIGNATURE_BYTES = 64;

/** Throws CryptoError unless `key` has 32 bytes. `what` names it in the message. */
export function requireKey(key: Uint8Array, what: string): void {
  if (key.length !== KEY_BYTES) throw new CryptoError(`${what} has ${KEY_BYTES} bytes, not ${key.length}`);
}

/** Whether every byte is zero; takes the same time for all contents. */
export function isAllZero(bytes: Uint8Array): boolean {
  let bits = 0;
  for (let index = 0; index < bytes.length; index++) bits |= bytes[index]!;
  return bits === 0;
}

/** The error of an X25519 whose result is all zero, because the peer's point has a small order (RFC 7748, section 6.1). */
export function smallOrderPoint(): CryptoError {
  return new CryptoError("the X25519 result is all zero: the peer's public key is a point of small order");
}
