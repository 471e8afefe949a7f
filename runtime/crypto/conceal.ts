import { toHex } from "../bytes/hex.ts";
import type { KeyPair } from "./provider.ts";

/** How Node's `util.inspect`, and so `console.log`, asks an object for its text. */
const inspect: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;

/** The same pair, which shows its public key only when it is logged or made into JSON: logs are read by more people than keys are for. */
export function conceal(pair: KeyPair): KeyPair {
  const shown = (): object => ({ publicKey: toHex(pair.publicKey), privateKey: "(secret)" });
  // Not enumerable: copies of the pair, and clones for other threads, are plain.
  return Object.defineProperties(pair, { [inspect]: { value: shown }, toJSON: { value: shown } });
}
