import type { Cipher } from "../../../runtime/crypto/aead.ts";
import { nativeCrypto } from "../../../runtime/crypto/native.ts";
import { nodeCipher } from "../../../runtime/crypto/node-cipher.ts";
import { portableCrypto } from "../../../runtime/crypto/portable.ts";
import { portableCipher } from "../../../runtime/crypto/portable-cipher.ts";
import type { CryptoProvider } from "../../../runtime/crypto/provider.ts";
import { loadSodium, sodiumCipher } from "../../../runtime/crypto/sodium.ts";
import { skipWithReason } from "../report.ts";

export interface Implementation {
  readonly name: string;
  readonly crypto: CryptoProvider;
  /** The same cipher with the nonce laid open, for vectors: the providers take counters only. */
  readonly cipher: Cipher;
}

/** Every implementation of the primitives that runs here. */
export function implementations(): Implementation[] {
  const list: Implementation[] = [
    { name: "portable", crypto: portableCrypto(), cipher: portableCipher },
    { name: "native without sodium", crypto: nativeCrypto({ sodium: false }), cipher: nodeCipher },
  ];
  const sodium = loadSodium();
  if (sodium === undefined) skipWithReason("native with sodium", "sodium-native has no binary for this platform");
  else list.push({ name: "native with sodium", crypto: nativeCrypto({ sodium: true }), cipher: sodiumCipher(sodium) });
  return list;
}
