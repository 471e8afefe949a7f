import { CryptoError, type CryptoProvider } from "./provider.ts";

const methods = ["x25519KeyPair", "x25519", "ed25519KeyPair", "ed25519Sign", "ed25519Verify", "sha256", "hmacSha256", "aead"] as const;

/**
 * The provider that an entry of the package works with: the one the caller passed, else the platform's, which each entry names itself (Node's
 * `nativeCrypto`, the browser's `portableCrypto`), so that no bundle holds both and nothing is registered anywhere.
 */
export function selectCrypto(given: CryptoProvider | undefined, platform: () => CryptoProvider): CryptoProvider {
  if (given === undefined) return platform();
  for (const method of methods) {
    if (typeof given[method] !== "function") throw new CryptoError(`crypto: this is no CryptoProvider, it has no method ${method}`);
  }
  return given;
}
