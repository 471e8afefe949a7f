import type { CryptoProvider } from "../../../runtime/crypto/provider.ts";

/** A provider that counts what is dear: multiplications on the curve, those that make a key pair among them. */
export function countingAgreements(crypto: CryptoProvider): { readonly crypto: CryptoProvider; readonly made: () => number } {
  let made = 0;
  const counting = new Proxy(crypto, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...parameters: unknown[]) => {
        if (name === "x25519" || name === "x25519KeyPair") made++;
        return Reflect.apply(member, target, parameters);
      };
    },
  });
  return { crypto: counting, made: () => made };
}
