import { concatBytes } from "../bytes/concat.ts";
import { KEY_BYTES } from "./checks.ts";
import { equalBytes } from "./equal.ts";
import type { CryptoProvider, KeyPair } from "./provider.ts";

/**
 * A server's identity says which static key speaks for it. The same shape as the message `zserver.protocol.v1.KeyStatement`.
 * docs/PROTOCOL.md, "Keys", is the specification.
 */
export interface KeyStatement {
  /** The server's Ed25519 public key. */
  readonly identity: Uint8Array;
  /** The X25519 public key that the statement is about. */
  readonly staticKey: Uint8Array;
  /** Counts the static keys of this identity, 0 to 2^32 - 1; a client never goes back to a lower one. */
  readonly serial: number;
  /** Seconds since 1970 after which the statement is void; 0 means never. */
  readonly notAfter: bigint;
  /** Ed25519 by `identity` over {@link statementBytes}. */
  readonly signature: Uint8Array;
}

/** The largest serial: it travels as 32 bits. */
export const MAX_SERIAL = 0xffff_ffff;

/** Whether a serial fits the statement's 32 bits. */
export function isSerial(serial: number): boolean {
  return Number.isInteger(serial) && serial >= 0 && serial <= MAX_SERIAL;
}

function isNotAfter(notAfter: bigint): boolean {
  return notAfter >= 0n && notAfter < 1n << 64n;
}

/** No signature made for something else can be taken for one of a statement: the signed bytes begin with this. */
const domain = /* @__PURE__ */ new TextEncoder().encode("zserver key statement v1");

/** What the identity signs: the domain, the static key, the serial (32 bits), not-after (64 bits), both big-endian. 68 bytes. */
export function statementBytes(staticKey: Uint8Array, serial: number, notAfter: bigint): Uint8Array {
  const numbers = new DataView(new ArrayBuffer(12));
  numbers.setUint32(0, serial);
  numbers.setBigUint64(4, notAfter);
  return concatBytes(domain, staticKey, new Uint8Array(numbers.buffer));
}

/** Signs that `staticKey` speaks for the owner of `identity`. */
export function signStatement(
  crypto: CryptoProvider,
  identity: KeyPair,
  staticKey: Uint8Array,
  serial: number,
  notAfter: bigint,
): KeyStatement {
  const signature = crypto.ed25519Sign(identity, statementBytes(staticKey, serial, notAfter));
  return { identity: identity.publicKey, staticKey, serial, notAfter, signature };
}

/**
 * Whether the statement's identity signed it. Says nothing about whose identity that is, nor about the serial and the time, which are for the
 * caller to judge. False for lengths and numbers that cannot be.
 */
export function verifyStatement(crypto: CryptoProvider, statement: KeyStatement): boolean {
  const { identity, staticKey, serial, notAfter, signature } = statement;
  if (identity.length !== KEY_BYTES || staticKey.length !== KEY_BYTES || !isSerial(serial) || !isNotAfter(notAfter)) return false;
  const signed = statementBytes(staticKey, serial, notAfter);
  const all = concatBytes(identity, signed, signature);
  const known = genuine.get(crypto);
  if (known !== undefined && equalBytes(known, all)) return true;
  if (!crypto.ed25519Verify(identity, signed, signature)) return false;
  genuine.set(crypto, all);
  return true;
}

/** The last statement that each provider has verified: whoever connects again meets the same one, and nothing in a handshake costs more than to verify it. */
const genuine = /* @__PURE__ */ new WeakMap<CryptoProvider, Uint8Array>();

/** Whether the statement is void at this time. @param nowMs milliseconds since 1970, from a clock that is trusted */
export function isStatementExpired(statement: KeyStatement, nowMs: number): boolean {
  return statement.notAfter !== 0n && nowMs > Number(statement.notAfter) * 1000;
}
