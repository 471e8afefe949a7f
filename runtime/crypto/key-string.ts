import { concatBytes } from "../bytes/concat.ts";
import { equalBytes } from "./equal.ts";
import { decodeBase64url, encodeBase64url } from "./base64url.ts";
import { KEY_BYTES } from "./checks.ts";
import { isStrictPoint } from "./ed25519-strict.ts";
import { KeyStringError } from "./key-string-error.ts";
import { isSerial } from "./key-statement.ts";
import type { CryptoProvider } from "./provider.ts";

/** What a client knows of a server, or a server of a client, before they meet. Its string is what `zgen keygen` prints. */
export interface ServerKey {
  /** The Ed25519 public key, which stays for the life of a server. */
  readonly identity: Uint8Array;
  /** The static key that was current when the string was made; saves the first connection the roundtrip that learns it. */
  readonly static?: PinnedStaticKey | undefined;
}

/** A static key as a client pins it. */
export interface PinnedStaticKey {
  /** The X25519 public key. */
  readonly key: Uint8Array;
  /** The serial of its statement; the client refuses a statement below it. */
  readonly serial: number;
}

const PREFIX = "zsk_";
const CHECKSUM_BYTES = 4;
const domain = /* @__PURE__ */ new TextEncoder().encode("zserver key string v1");

/** The first byte: which version and kind the rest is. */
const Kind = { identity: 1, identityAndStatic: 2 } as const;
const bodyBytes: Readonly<Record<number, number>> = { [Kind.identity]: 1 + KEY_BYTES, [Kind.identityAndStatic]: 1 + 2 * KEY_BYTES + 4 };
/** Characters of the whole string, by kind. */
const lengths: readonly number[] = Object.values(bodyBytes).map((bytes) => PREFIX.length + Math.ceil(((bytes + CHECKSUM_BYTES) * 4) / 3));

/** The key as one string with a prefix and a checksum: 54 characters, or 102 with a static key. docs/PROTOCOL.md, "Keys". */
export function formatServerKey(crypto: CryptoProvider, key: ServerKey): string {
  const body = encodeBody(key);
  return PREFIX + encodeBase64url(concatBytes(body, checksum(crypto, body)));
}

/** The reverse of {@link formatServerKey}; white space around it is ignored. Throws KeyStringError, which says what is wrong and what to do. */
export function parseServerKey(crypto: CryptoProvider, text: string): ServerKey {
  const trimmed = text.trim();
  if (!trimmed.startsWith(PREFIX)) throw new KeyStringError("WRONG_PREFIX", `it does not begin with ${PREFIX}`);
  if (!lengths.includes(trimmed.length)) {
    throw new KeyStringError(
      "WRONG_LENGTH",
      `it has ${trimmed.length} characters and not ${lengths.join(" or ")}: something is missing or too much`,
    );
  }
  const encoded = trimmed.slice(PREFIX.length);
  const foreign = encoded.search(/[^A-Za-z0-9_-]/);
  if (foreign >= 0) {
    const character = JSON.stringify(encoded[foreign]);
    throw new KeyStringError("WRONG_CHARACTER", `character ${PREFIX.length + foreign + 1}, ${character}, cannot stand in it`);
  }
  const bytes = decodeBase64url(encoded);
  const body = bytes?.subarray(0, -CHECKSUM_BYTES);
  if (bytes === undefined || body === undefined || !equalBytes(checksum(crypto, body), bytes.subarray(-CHECKSUM_BYTES))) {
    throw new KeyStringError("WRONG_CHECKSUM", "its checksum does not match: at least one character is mistyped");
  }
  return decodeBody(body);
}

function encodeBody(key: ServerKey): Uint8Array {
  if (!isStrictPoint(key.identity)) throw new KeyStringError("WRONG_KEY", "the identity is no Ed25519 public key");
  if (key.static === undefined) return concatBytes(Uint8Array.of(Kind.identity), key.identity);
  if (key.static.key.length !== KEY_BYTES || !isSerial(key.static.serial)) {
    throw new KeyStringError("WRONG_KEY", `the static key is not ${KEY_BYTES} bytes with a serial of 32 bits`);
  }
  const serial = new Uint8Array(4);
  new DataView(serial.buffer).setUint32(0, key.static.serial);
  return concatBytes(Uint8Array.of(Kind.identityAndStatic), key.identity, key.static.key, serial);
}

function decodeBody(body: Uint8Array): ServerKey {
  const kind = body[0]!;
  if (bodyBytes[kind] !== body.length) throw new KeyStringError("UNKNOWN_KIND", `its kind, ${kind}, is none that this version knows`);
  const identity = body.slice(1, 1 + KEY_BYTES);
  if (!isStrictPoint(identity)) throw new KeyStringError("WRONG_KEY", "what it holds is no Ed25519 public key");
  if (kind === Kind.identity) return { identity };
  const key = body.slice(1 + KEY_BYTES, 1 + 2 * KEY_BYTES);
  const serial = new DataView(body.buffer, body.byteOffset).getUint32(1 + 2 * KEY_BYTES);
  return { identity, static: { key, serial } };
}

/** Finds typing errors; it proves nothing. */
function checksum(crypto: CryptoProvider, body: Uint8Array): Uint8Array {
  return crypto.sha256(concatBytes(domain, body)).subarray(0, CHECKSUM_BYTES);
}
