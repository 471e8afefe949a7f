import { hash, type KeyObject, sign, verify } from "node:crypto";
import { checkOptions } from "../errors/options.ts";
import { type Cipher, CounterAead } from "./aead.ts";
import { requireKey } from "./checks.ts";
import { isStrictSignature } from "./ed25519-strict.ts";
import { hmacSha256 } from "./hmac.ts";
import { nodeCipher, withNodeForLong } from "./node-cipher.ts";
import { importPrivateKey, importPublicKey, plainBytes, publicHalf } from "./node-keys.ts";
import { type Aead, CryptoError, type CryptoProvider, type KeyPair } from "./provider.ts";
import { loadSodium, type Sodium, sodiumCipher, sodiumSha256 } from "./sodium.ts";
import { nodeX25519, sodiumX25519, type X25519 } from "./x25519.ts";

/** Which native code is used. */
export interface NativeCryptoOptions {
  /** True: sodium-native must be there, else this throws. False: it is not used. Default: used where it is installed. */
  readonly sodium?: boolean | undefined;
}

/** The primitives in native code: node:crypto, with sodium-native for sealing and key agreement where it is installed. */
export function nativeCrypto(options: NativeCryptoOptions = {}): CryptoProvider {
  checkOptions("nativeCrypto", options, ["sodium"]);
  const sodium = options.sodium === false ? undefined : loadSodium();
  if (sodium === undefined && options.sodium === true) {
    throw new CryptoError("sodium-native is not installed, or has no binary for this platform: npm install sodium-native@5");
  }
  const made = providers.get(sodium) ?? new NativeCrypto(sodium);
  providers.set(sodium, made);
  return made;
}

/** One for all of a process, with sodium-native and without: what they remember depends on nothing but the keys that they are given. */
const providers = new Map<Sodium | undefined, CryptoProvider>();

class NativeCrypto implements CryptoProvider {
  readonly name: string;
  readonly #x25519: X25519;
  readonly #cipher: Cipher;
  readonly sha256: (data: Uint8Array) => Uint8Array;
  /** Signing keys in their imported form. */
  readonly #signers = new WeakMap<KeyPair, KeyObject>();

  constructor(sodium: Sodium | undefined) {
    this.name = sodium === undefined ? "native (node:crypto)" : "native (sodium-native)";
    this.#x25519 = sodium === undefined ? nodeX25519() : sodiumX25519(sodium);
    this.#cipher = sodium === undefined ? nodeCipher : withNodeForLong(sodiumCipher(sodium));
    this.sha256 = sodium === undefined ? nodeSha256 : sodiumSha256(sodium);
  }

  x25519KeyPair(seed: Uint8Array): KeyPair {
    requireKey(seed, "an X25519 private key");
    return this.#x25519.keyPair(seed);
  }

  x25519(pair: KeyPair, publicKey: Uint8Array): Uint8Array {
    requireKey(pair.privateKey, "an X25519 private key");
    requireKey(publicKey, "an X25519 public key");
    return this.#x25519.secret(pair, publicKey);
  }

  ed25519KeyPair(seed: Uint8Array): KeyPair {
    requireKey(seed, "an Ed25519 seed");
    const key = importPrivateKey("Ed25519", seed);
    const pair: KeyPair = { publicKey: publicHalf(key), privateKey: Uint8Array.from(seed) };
    this.#signers.set(pair, key);
    return pair;
  }

  ed25519Sign(pair: KeyPair, message: Uint8Array): Uint8Array {
    requireKey(pair.privateKey, "an Ed25519 seed");
    let key = this.#signers.get(pair);
    if (key === undefined) {
      key = importPrivateKey("Ed25519", pair.privateKey);
      this.#signers.set(pair, key);
    }
    return plainBytes(sign(null, message, key));
  }

  ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    return isStrictSignature(publicKey, signature) && verify(null, message, importPublicKey("Ed25519", publicKey), signature);
  }

  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
    return hmacSha256(this.sha256, key, data);
  }

  aead(key: Uint8Array): Aead {
    return new CounterAead(this.#cipher, key);
  }
}

const nodeSha256 = (data: Uint8Array): Uint8Array => plainBytes(hash("sha256", data, "buffer"));
