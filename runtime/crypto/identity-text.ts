import { decodeBase64url, encodeBase64url } from "./base64url.ts";
import { conceal } from "./conceal.ts";
import { KEY_BYTES } from "./checks.ts";
import { type Identity, MAX_STATIC_KEYS, type StaticKey } from "./identity.ts";
import { IdentityError } from "./identity-error.ts";
import { isSerial, MAX_SERIAL, signStatement } from "./key-statement.ts";
import { formatServerKey } from "./key-string.ts";
import type { CryptoProvider, KeyPair } from "./provider.ts";

const FORMAT = "zserver identity v1";
const WARNING = "Secret: whoever has this file can be this server. Readable by its owner only, never in version control.";
const NEVER = "never";

/** The identity as JSON for people to read and keep secret. docs/PROTOCOL.md, "Keys", describes it. */
export function serializeIdentity(crypto: CryptoProvider, identity: Identity): string {
  const file = {
    format: FORMAT,
    warning: WARNING,
    publicKey: publicKeyString(crypto, identity.pair),
    seed: encodeBase64url(identity.pair.privateKey),
    staticKeys: identity.staticKeys.map(({ pair, statement }) => ({
      serial: statement.serial,
      notAfter: statement.notAfter === 0n ? NEVER : formatTime(statement.notAfter),
      privateKey: encodeBase64url(pair.privateKey),
    })),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/** The reverse of {@link serializeIdentity}. Throws IdentityError for anything that it would not write. */
export function parseIdentity(crypto: CryptoProvider, text: string): Identity {
  const {
    format,
    publicKey,
    seed,
    staticKeys: list,
  } = record(parseJson(text), "the identity", ["format", "warning", "publicKey", "seed", "staticKeys"]);
  if (format !== FORMAT) throw new IdentityError(`"format" is not ${JSON.stringify(FORMAT)}: not an identity, or one of a later version`);
  const pair = conceal(crypto.ed25519KeyPair(secret(seed, '"seed"')));
  if (publicKey !== publicKeyString(crypto, pair)) {
    throw new IdentityError('"publicKey" does not belong to "seed": the file was changed; restore it');
  }
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_STATIC_KEYS) {
    throw new IdentityError(`"staticKeys" is a list of 1 to ${MAX_STATIC_KEYS} keys, the current one first`);
  }
  const [current, ...previous] = list.map((entry: unknown, index) => parseStaticKey(crypto, pair, entry, `"staticKeys"[${index}]`));
  const staticKeys: Identity["staticKeys"] = [current!, ...previous];
  staticKeys.forEach(({ statement }, index) => {
    if (index > 0 && statement.serial >= staticKeys[index - 1]!.statement.serial) {
      throw new IdentityError('the serials of "staticKeys" must fall: the current key comes first');
    }
  });
  return { pair, staticKeys };
}

function parseStaticKey(crypto: CryptoProvider, signer: KeyPair, entry: unknown, where: string): StaticKey {
  const { serial, notAfter, privateKey } = record(entry, where, ["serial", "notAfter", "privateKey"]);
  if (typeof serial !== "number" || !isSerial(serial))
    throw new IdentityError(`${where}: "serial" is a whole number from 0 to ${MAX_SERIAL}`);
  const pair = conceal(crypto.x25519KeyPair(secret(privateKey, `${where}: "privateKey"`)));
  return { pair, statement: signStatement(crypto, signer, pair.publicKey, serial, parseTime(notAfter, where)) };
}

/** For people to recognise the file by, and to notice one that was put together from two. */
function publicKeyString(crypto: CryptoProvider, pair: KeyPair): string {
  return formatServerKey(crypto, { identity: pair.publicKey });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Without the cause: the parser's message quotes the text.
    throw new IdentityError("this is not JSON: the file was cut or changed; restore it, or make a new identity with zgen keygen");
  }
}

/** The value as an object with exactly these fields. */
function record(value: unknown, where: string, fields: readonly string[]): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new IdentityError(`${where} is no JSON object`);
  for (const field of fields) if (!Object.hasOwn(value, field)) throw new IdentityError(`${where}: "${field}" is missing`);
  const count = Object.keys(value).length;
  if (count > fields.length) throw new IdentityError(`${where} has ${count} fields; known are ${fields.join(", ")}`);
  return value as Record<string, unknown>;
}

function secret(value: unknown, where: string): Uint8Array {
  const bytes = typeof value === "string" ? decodeBase64url(value) : undefined;
  if (bytes?.length !== KEY_BYTES) throw new IdentityError(`${where} is not ${KEY_BYTES} bytes in base64url (43 characters)`);
  return bytes;
}

/** `2027-01-31T12:00:00Z`. */
function formatTime(seconds: bigint): string {
  return new Date(Number(seconds) * 1000).toISOString().replace(".000Z", "Z");
}

function parseTime(value: unknown, where: string): bigint {
  if (value === NEVER) return 0n;
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  const seconds = time > 0 && time % 1000 === 0 ? BigInt(time / 1000) : 0n;
  // Date.parse reads much more than formatTime writes, the 31st of February included.
  if (seconds === 0n || formatTime(seconds) !== value) {
    throw new IdentityError(`${where}: "notAfter" is "${NEVER}" or a time like "2027-01-31T12:00:00Z"`);
  }
  return seconds;
}
