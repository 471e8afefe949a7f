import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import nacl from "tweetnacl";
import { CounterAead } from "./aead.ts";
import { isAllZero, requireKey, smallOrderPoint } from "./checks.ts";
import { isStrictSignature } from "./ed25519-strict.ts";
import { portableCipher } from "./portable-cipher.ts";
import type { Aead, CryptoProvider, KeyPair } from "./provider.ts";

/** The primitives in JavaScript alone, for browsers and wherever there is no node:crypto: tweetnacl's curves, @noble's cipher and hash. */
export function portableCrypto(): CryptoProvider {
  return new PortableCrypto();
}

class PortableCrypto implements CryptoProvider {
  readonly name = "portable (tweetnacl, @noble)";

  x25519KeyPair(seed: Uint8Array): KeyPair {
    requireKey(seed, "an X25519 private key");
    return { publicKey: nacl.scalarMult.base(seed), privateKey: Uint8Array.from(seed) };
  }

  x25519(pair: KeyPair, publicKey: Uint8Array): Uint8Array {
    requireKey(pair.privateKey, "an X25519 private key");
    requireKey(publicKey, "an X25519 public key");
    const secret = nacl.scalarMult(pair.privateKey, publicKey);
    if (isAllZero(secret)) throw smallOrderPoint();
    return secret;
  }

  ed25519KeyPair(seed: Uint8Array): KeyPair {
    requireKey(seed, "an Ed25519 seed");
    return { publicKey: nacl.sign.keyPair.fromSeed(seed).publicKey, privateKey: Uint8Array.from(seed) };
  }

  ed25519Sign(pair: KeyPair, message: Uint8Array): Uint8Array {
    requireKey(pair.privateKey, "an Ed25519 seed");
    // The public half is made anew: two signatures with one seed and different public halves would reveal the private key.
    const { secretKey } = nacl.sign.keyPair.fromSeed(pair.privateKey);
    const signature = nacl.sign.detached(message, secretKey);
    secretKey.fill(0);
    return signature;
  }

  ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    return isStrictSignature(publicKey, signature) && nacl.sign.detached.verify(message, signature, publicKey);
  }

  sha256(data: Uint8Array): Uint8Array {
    return sha256(data);
  }

  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
    return hmac(sha256, key, data);
  }

  aead(key: Uint8Array): Aead {
    return new CounterAead(portableCipher, key);
  }
}
