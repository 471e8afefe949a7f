import { diffieHellman, type KeyObject } from "node:crypto";
import { smallOrderPoint } from "./checks.ts";
import { importPrivateKey, importPublicKey, plainBytes, publicHalf } from "./node-keys.ts";
import type { KeyPair } from "./provider.ts";
import type { Sodium } from "./sodium.ts";

/** X25519 (RFC 7748): the key agreement of one library. The lengths have been checked. */
export interface X25519 {
  keyPair(privateKey: Uint8Array): KeyPair;
  secret(pair: KeyPair, publicKey: Uint8Array): Uint8Array;
}

/** node:crypto's. A key pair's imported form is kept for as long as the pair is: importing costs more than the agreement. */
export function nodeX25519(): X25519 {
  const imported = new WeakMap<KeyPair, KeyObject>();
  const privateKeyOf = (pair: KeyPair): KeyObject => {
    let key = imported.get(pair);
    if (key === undefined) {
      key = importPrivateKey("X25519", pair.privateKey);
      imported.set(pair, key);
    }
    return key;
  };
  return {
    keyPair(privateKey) {
      const key = importPrivateKey("X25519", privateKey);
      const pair: KeyPair = { publicKey: publicHalf(key), privateKey: Uint8Array.from(privateKey) };
      imported.set(pair, key);
      return pair;
    },
    secret(pair, publicKey) {
      const keys = { privateKey: privateKeyOf(pair), publicKey: importPublicKey("X25519", publicKey) };
      try {
        return plainBytes(diffieHellman(keys));
      } catch {
        throw smallOrderPoint();
      }
    },
  };
}

/** libsodium's, which takes raw keys. */
export function sodiumX25519(sodium: Sodium): X25519 {
  return {
    keyPair(privateKey) {
      const publicKey = new Uint8Array(32);
      sodium.crypto_scalarmult_base(publicKey, privateKey);
      return { publicKey, privateKey: Uint8Array.from(privateKey) };
    },
    secret(pair, publicKey) {
      const secret = new Uint8Array(32);
      try {
        sodium.crypto_scalarmult(secret, pair.privateKey, publicKey);
      } catch {
        throw smallOrderPoint();
      }
      return secret;
    },
  };
}
