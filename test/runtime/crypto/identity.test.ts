import { inspect } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../runtime/bytes/hex.ts";
import { createIdentity, type Identity, MAX_STATIC_KEYS, rotateStaticKey, serverKeyOf } from "../../../runtime/crypto/identity.ts";
import { IdentityError } from "../../../runtime/crypto/identity-error.ts";
import { parseIdentity, serializeIdentity } from "../../../runtime/crypto/identity-text.ts";
import { verifyStatement } from "../../../runtime/crypto/key-statement.ts";
import type { RandomSource } from "../../../runtime/crypto/random.ts";
import { implementations } from "../../support/crypto/providers.ts";

const test = suite("crypto/identity");
const all = implementations();
const { crypto } = all[1]!;

/** 32 bytes of 1, then of 2, and so on. */
function counting(): RandomSource {
  let next = 1;
  return (length) => new Uint8Array(length).fill(next++);
}

/** The JSON of an identity, on its way to be broken. */
interface Draft {
  warning: string;
  seed: string;
  staticKeys: object[];
}

const serials = (identity: Identity): number[] => identity.staticKeys.map(({ statement }) => statement.serial);
const fails = (message: RegExp) => (error: unknown) => error instanceof IdentityError && message.test(error.message);

test("every implementation makes the same identity of the same random bytes, with a statement that holds", () => {
  const texts = all.map((one) =>
    serializeIdentity(one.crypto, createIdentity(one.crypto, counting(), { notAfter: new Date(1_800_000_000_500) })),
  );
  assert.is(new Set(texts).size, 1);
  const identity = parseIdentity(crypto, texts[0]!);
  const [{ pair, statement }] = identity.staticKeys;
  assert.equal(statement.identity, identity.pair.publicKey);
  assert.equal(statement.staticKey, pair.publicKey);
  assert.is(statement.serial, 1);
  assert.is(statement.notAfter, 1_800_000_000n);
  assert.ok(verifyStatement(crypto, statement));
  assert.equal(serverKeyOf(identity), { identity: identity.pair.publicKey, static: { key: pair.publicKey, serial: 1 } });
});

test("rotation puts a new key first, counts on, and keeps as many previous ones as it is told", () => {
  const random = counting();
  const first = createIdentity(crypto, random, { serial: 5 });
  const second = rotateStaticKey(crypto, random, first);
  assert.equal(serials(first), [5], "the identity it came from is unchanged");
  assert.equal(serials(second), [6, 5]);
  assert.is(second.staticKeys[1], first.staticKeys[0]);
  assert.is(second.pair, first.pair);
  assert.ok(verifyStatement(crypto, second.staticKeys[0].statement));
  const third = rotateStaticKey(crypto, random, second, { serial: 100 });
  assert.equal(serials(third), [100, 6]);
  assert.equal(serials(rotateStaticKey(crypto, random, third, { keepPrevious: 0 })), [101]);
  assert.equal(serials(rotateStaticKey(crypto, random, third, { keepPrevious: 7 })), [101, 100, 6]);
});

test("options that cannot be are refused", () => {
  const create = (options: object) => () => createIdentity(crypto, counting(), options);
  for (const serial of [-1, 0.5, 2 ** 32, Number.NaN])
    assert.throws(create({ serial }), fails(/serial is a whole number from 0 to 4294967295/));
  for (const time of [Number.NaN, 0, 999, -1, 8.64e15]) assert.throws(create({ notAfter: new Date(time) }), fails(/1970 to 9999/));
  assert.throws(create({ notafter: new Date() }), /unknown option "notafter"/);
  const rotate =
    (options: object, from = createIdentity(crypto, counting(), { serial: 3 })) =>
    () =>
      rotateStaticKey(crypto, counting(), from, options);
  for (const serial of [2, 3]) assert.throws(rotate({ serial }), fails(/above 3/));
  for (const keepPrevious of [-1, 0.5, MAX_STATIC_KEYS]) assert.throws(rotate({ keepPrevious }), fails(/from 0 to 7/));
  assert.throws(rotate({ keep: 1 }), /unknown option "keep"/);
  assert.throws(rotate({}, createIdentity(crypto, counting(), { serial: 0xffff_ffff })), fails(/not 4294967296/));
});

const rotated = rotateStaticKey(crypto, counting(), createIdentity(crypto, counting()), { notAfter: new Date("2027-01-31T12:00:00Z") });
const text = serializeIdentity(crypto, rotated);

test("the text is readable JSON and reads back as the same identity", () => {
  assert.equal(parseIdentity(crypto, text), rotated);
  assert.match(text, /"notAfter": "2027-01-31T12:00:00Z"/);
  assert.match(text, /"notAfter": "never"/);
  assert.ok(text.endsWith("}\n"));
});

test("a text that serializeIdentity would not write is refused, with what is wrong with it", () => {
  const changed = (change: (file: Draft) => object) => JSON.stringify(change(JSON.parse(text)));
  const withKey = (index: number, fields: object) =>
    changed((file) => ({ ...file, staticKeys: file.staticKeys.map((key, at) => (at === index ? { ...key, ...fields } : key)) }));
  const other = JSON.parse(
    serializeIdentity(
      crypto,
      createIdentity(crypto, (length) => new Uint8Array(length).fill(99)),
    ),
  );
  const cases: [string, RegExp][] = [
    ["", /not JSON/],
    [text.slice(0, -20), /not JSON/],
    ["[]", /no JSON object/],
    ["null", /no JSON object/],
    ["{}", /"format" is missing/],
    [changed(({ warning: _, ...file }) => file), /"warning" is missing/],
    [changed((file) => ({ ...file, comment: "" })), /has 6 fields; known are format, warning/],
    [changed((file) => ({ ...file, format: "zserver identity v2" })), /"format" is not .*later version/],
    [changed((file) => ({ ...file, publicKey: other.publicKey })), /"publicKey" does not belong to "seed"/],
    [changed((file) => ({ ...file, publicKey: 5 })), /"publicKey" does not belong/],
    [changed((file) => ({ ...file, seed: other.seed })), /"publicKey" does not belong to "seed"/],
    [changed((file) => ({ ...file, seed: `${file.seed}A` })), /"seed" is not 32 bytes in base64url/],
    [changed((file) => ({ ...file, seed: null })), /"seed" is not 32 bytes/],
    [changed((file) => ({ ...file, staticKeys: [] })), /1 to 8 keys/],
    [changed((file) => ({ ...file, staticKeys: {} })), /1 to 8 keys/],
    [changed((file) => ({ ...file, staticKeys: Array(9).fill(file.staticKeys[0]) })), /1 to 8 keys/],
    [changed((file) => ({ ...file, staticKeys: file.staticKeys.reverse() })), /serials .* must fall/],
    [changed((file) => ({ ...file, staticKeys: [file.staticKeys[0], file.staticKeys[0]] })), /serials .* must fall/],
    [changed((file) => ({ ...file, staticKeys: [null] })), /"staticKeys"\[0\] is no JSON object/],
    [withKey(1, { serial: "1" }), /"staticKeys"\[1\]: "serial"/],
    [withKey(0, { serial: 2 ** 32 }), /"staticKeys"\[0\]: "serial"/],
    [withKey(0, { privateKey: "x".repeat(42) }), /"staticKeys"\[0\]: "privateKey" is not 32 bytes/],
    [withKey(0, { notAfter: "2027-02-31T12:00:00Z" }), /"notAfter" is "never" or a time like/],
    [withKey(0, { notAfter: "2027-02-01" }), /"notAfter"/],
    [withKey(0, { notAfter: 1_800_000_000 }), /"notAfter"/],
    [withKey(0, { notAfter: "1970-01-01T00:00:00Z" }), /"notAfter"/],
  ];
  const secrets = [...text.matchAll(/"(?:seed|privateKey)": "([^"]+)"/g)].map(([, secret]) => secret!);
  assert.is(secrets.length, 3);
  for (const [broken, message] of cases) {
    assert.throws(() => parseIdentity(crypto, broken), fails(message), String(message));
    assert.throws(
      () => parseIdentity(crypto, broken),
      (error: Error) => !secrets.some((secret) => error.message.includes(secret.slice(0, 6))),
    );
  }
});

test("whoever logs an identity, or makes JSON of it, sees nothing secret", () => {
  const seeds = [new Uint8Array(32).fill(0x5a), new Uint8Array(32).fill(0x5b)];
  const made = createIdentity(crypto, () => seeds.shift()!);
  const read = parseIdentity(crypto, serializeIdentity(crypto, made));
  const plain = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? `${value}` : value);
  for (const identity of [made, read]) {
    for (const shown of [inspect(identity, { depth: 9, showHidden: false }), JSON.stringify(identity, plain)]) {
      assert.not.match(shown, /(5a){8}|(5b){8}|(0x5a|90|91), ?(0x5a|90|91), ?|"0":9[01]/);
      assert.match(shown, new RegExp(toHex(identity.pair.publicKey)));
      assert.match(shown, /\(secret\)/);
    }
    assert.equal(
      [...identity.pair.privateKey],
      Array.from({ length: 32 }, () => 0x5a),
    );
    assert.equal(Object.keys(identity.pair).sort(), ["privateKey", "publicKey"]);
    assert.equal(
      [...structuredClone(identity).staticKeys[0].pair.privateKey],
      Array.from({ length: 32 }, () => 0x5b),
    );
  }
});

test.run();
