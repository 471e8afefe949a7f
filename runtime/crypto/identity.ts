import { checkOptions } from "../errors/options.ts";
import { KEY_BYTES } from "./checks.ts";
import { conceal } from "./conceal.ts";
import { IdentityError } from "./identity-error.ts";
import { isSerial, type KeyStatement, MAX_SERIAL, signStatement } from "./key-statement.ts";
import type { ServerKey } from "./key-string.ts";
import type { CryptoProvider, KeyPair } from "./provider.ts";
import type { RandomSource } from "./random.ts";

/** Who a server is, or a client that has a key: secret. Immutable: rotating its static key makes another one. */
export interface Identity {
  /** The Ed25519 pair that peers pin. It signs statements and takes part in no handshake. */
  readonly pair: KeyPair;
  /** The keys of handshakes, the current one first, then the previous ones that are still accepted. */
  readonly staticKeys: readonly [StaticKey, ...StaticKey[]];
}

/** A key of handshakes, and what proves whose it is. */
export interface StaticKey {
  /** X25519. */
  readonly pair: KeyPair;
  /** The identity says that this key speaks for it. */
  readonly statement: KeyStatement;
}

/** The most static keys that an identity holds. Each is one more Diffie-Hellman key to guard; an overlap needs two. */
export const MAX_STATIC_KEYS = 8;

/** What a new identity says of its static key. */
export interface IdentityOptions {
  /** The serial of the static key. Default 1. */
  readonly serial?: number | undefined;
  /** When the statement about the static key becomes void, rounded down to a second. Default: never. */
  readonly notAfter?: Date | undefined;
}

/** What is said of a new static key, and of those before it. */
export interface RotateStaticKeyOptions {
  /** Of the new static key; must be higher than that of the current one. Default: the next. */
  readonly serial?: number | undefined;
  /** When the statement about the new static key becomes void, rounded down to a second. Default: never. */
  readonly notAfter?: Date | undefined;
  /** How many previous static keys are still accepted, 0 to 7. Default 1. */
  readonly keepPrevious?: number | undefined;
}

/** A new identity with one static key. */
export function createIdentity(crypto: CryptoProvider, random: RandomSource, options: IdentityOptions = {}): Identity {
  checkOptions("createIdentity", options, ["serial", "notAfter"]);
  const pair = conceal(crypto.ed25519KeyPair(random(KEY_BYTES)));
  return { pair, staticKeys: [createStaticKey(crypto, random, pair, options.serial ?? 1, options.notAfter)] };
}

/** The same identity with a new current static key. Clients that pinned an older one learn the new one from the identity's statement. */
export function rotateStaticKey(
  crypto: CryptoProvider,
  random: RandomSource,
  identity: Identity,
  options: RotateStaticKeyOptions = {},
): Identity {
  checkOptions("rotateStaticKey", options, ["serial", "notAfter", "keepPrevious"]);
  const present = identity.staticKeys[0].statement.serial;
  const { serial = present + 1, keepPrevious = 1 } = options;
  if (serial <= present) throw new IdentityError(`the serial of a new static key must be above ${present}, the present one, not ${serial}`);
  if (!Number.isInteger(keepPrevious) || keepPrevious < 0 || keepPrevious >= MAX_STATIC_KEYS) {
    throw new IdentityError(`keepPrevious is a whole number from 0 to ${MAX_STATIC_KEYS - 1}, not ${keepPrevious}`);
  }
  const current = createStaticKey(crypto, random, identity.pair, serial, options.notAfter);
  return { pair: identity.pair, staticKeys: [current, ...identity.staticKeys.slice(0, keepPrevious)] };
}

/** What others may know of an identity: its public key, and the present static key with it. */
export function serverKeyOf(identity: Identity): ServerKey {
  const { staticKey, serial } = identity.staticKeys[0].statement;
  return { identity: identity.pair.publicKey, static: { key: staticKey, serial } };
}

function createStaticKey(
  crypto: CryptoProvider,
  random: RandomSource,
  signer: KeyPair,
  serial: number,
  notAfter: Date | undefined,
): StaticKey {
  if (!isSerial(serial)) throw new IdentityError(`a serial is a whole number from 0 to ${MAX_SERIAL}, not ${serial}`);
  const pair = conceal(crypto.x25519KeyPair(random(KEY_BYTES)));
  return { pair, statement: signStatement(crypto, signer, pair.publicKey, serial, notAfterSeconds(notAfter)) };
}

function notAfterSeconds(date: Date | undefined): bigint {
  if (date === undefined) return 0n;
  const seconds = Math.floor(date.getTime() / 1000);
  if (seconds > 0 && date.getUTCFullYear() <= 9999) return BigInt(seconds);
  throw new IdentityError("notAfter is a date from 1970 to 9999; leave it out for never");
}
