import { toHex } from "../../bytes/hex.ts";
import { FINGERPRINT_BYTES } from "../../schema/compatibility/fingerprint.ts";
import { readDescription } from "../../schema/compatibility/read-description.ts";

/** SHA-256. */
export type Hash = (bytes: Uint8Array) => Uint8Array;

/** A service as a client describes it, or a release that is kept. It is read again when it is judged: what is read takes many times what its description does. */
export interface Described {
  readonly name: string;
  /** In hex. */
  readonly fingerprint: string;
  readonly bytes: Uint8Array;
}

/** Reads a description to its end. Throws CommandError for what no correct peer sends. */
export function readDescribed(bytes: Uint8Array, hash: Hash): Described {
  return { name: readDescription(bytes).name, fingerprint: toHex(hash(bytes).subarray(0, FINGERPRINT_BYTES)), bytes };
}
