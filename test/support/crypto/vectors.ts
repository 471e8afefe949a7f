import { readFileSync } from "node:fs";

interface CryptoVectors {
  readonly head: { readonly columns: Readonly<Record<string, string>> };
  readonly x25519: readonly [id: number, privateKey: string, publicKey: string, shared: string, result: string, flags: string][];
  readonly ed25519_verify: readonly [id: number, publicKey: string, message: string, signature: string, result: string, flags: string][];
  readonly chacha20_poly1305: readonly [
    id: number,
    key: string,
    iv: string,
    aad: string,
    msg: string,
    ct: string,
    tag: string,
    result: string,
  ][];
  readonly hkdf_sha256: readonly [id: number, ikm: string, salt: string, info: string, size: number, okm: string, result: string][];
  readonly hmac_sha256: readonly [id: number, key: string, msg: string, tag: string, result: string, tagBits: number][];
  readonly nacl_scalarmult: readonly [public1: string, secret1: string, public2: string, secret2: string, shared: string][];
  readonly ed25519_sign: readonly [seedAndPublic: string, message: string, signature: string][];
  readonly rfc7748_x25519: readonly [scalar: string, u: string, result: string][];
}

/**
 * test/vectors/crypto.json. The set it was taken from also holds aes_256_gcm, nacl_box and nacl_secretbox: none of them is a primitive of this
 * protocol, no provider offers them, and so they were not copied.
 */
export const vectors: CryptoVectors = JSON.parse(readFileSync(new URL("../../vectors/crypto.json", import.meta.url), "utf8"));
