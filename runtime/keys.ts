// `zserver/keys`: identities and their strings, for programs and tools that make keys but open no connection. Node only: files, native crypto.
import {
  createIdentity as create,
  type Identity,
  type IdentityOptions,
  type RotateStaticKeyOptions,
  rotateStaticKey as rotate,
} from "./crypto/identity.ts";
import { loadIdentity as load, type SaveIdentityOptions, saveIdentity as save } from "./crypto/identity-file.ts";
import { parseIdentity as parse, serializeIdentity as serialize } from "./crypto/identity-text.ts";
import { formatServerKey as format, parseServerKey as parseKey, type ServerKey } from "./crypto/key-string.ts";
import { nativeCrypto } from "./crypto/native.ts";
import { systemRandom } from "./crypto/random.ts";
import { type EntranceInit, formatEntranceList, signEntranceList } from "./discovery/entrance-list.ts";

export {
  type Identity,
  type IdentityOptions,
  MAX_STATIC_KEYS,
  type RotateStaticKeyOptions,
  type StaticKey,
  serverKeyOf,
} from "./crypto/identity.ts";
export { IdentityError } from "./crypto/identity-error.ts";
export type { SaveIdentityOptions } from "./crypto/identity-file.ts";
export type { KeyStatement } from "./crypto/key-statement.ts";
export type { EntranceInit } from "./discovery/entrance-list.ts";
export type { PinnedStaticKey, ServerKey } from "./crypto/key-string.ts";
export { KeyStringError, type KeyStringProblem } from "./crypto/key-string-error.ts";

/** A new identity with one static key, from the system's random source. */
export function createIdentity(options?: IdentityOptions): Identity {
  return create(nativeCrypto(), systemRandom, options);
}

/** The same identity with a new current static key. Clients that pinned an older one learn the new one from the identity's statement. */
export function rotateStaticKey(identity: Identity, options?: RotateStaticKeyOptions): Identity {
  return rotate(nativeCrypto(), systemRandom, identity, options);
}

/** Reads an identity file. Throws IdentityError when others than its owner may read or change it, or when it is not one. */
export function loadIdentity(path: string): Identity {
  return load(nativeCrypto(), path);
}

/** Writes an identity file that only its owner can read, and returns when it is on disk. An existing file is EEXIST unless `replace`. */
export function saveIdentity(path: string, identity: Identity, options?: SaveIdentityOptions): void {
  save(nativeCrypto(), path, identity, options);
}

/** The identity as the text of its file: secret. */
export function serializeIdentity(identity: Identity): string {
  return serialize(nativeCrypto(), identity);
}

/** The reverse of {@link serializeIdentity}. Throws IdentityError. */
export function parseIdentity(text: string): Identity {
  return parse(nativeCrypto(), text);
}

/** The public key as one string with a prefix and a checksum: `zsk_…`. With a static key the first connection saves a roundtrip. */
export function formatServerKey(key: ServerKey): string {
  return format(nativeCrypto(), key);
}

/** The reverse of {@link formatServerKey}. Throws KeyStringError, which says what is wrong and what to do. */
export function parseServerKey(text: string): ServerKey {
  return parseKey(nativeCrypto(), text);
}

/**
 * Says where a server may be reached, in the name of its identity: `zse_…`, for the `entrances` of `serve` and `connect`. The version must be above that
 * of every list before; the time in milliseconds is. Throws TypeError that says what is wrong with the list.
 */
export function signEntrances(identity: Identity, entrances: readonly EntranceInit[], version: bigint): string {
  return formatEntranceList(signEntranceList(nativeCrypto(), identity.pair, entrances, version));
}
