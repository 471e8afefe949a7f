import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { concatBytes } from "../../../runtime/bytes/concat.ts";
import { isStrictPoint, isStrictSignature } from "../../../runtime/crypto/ed25519-strict.ts";
import { CryptoError } from "../../../runtime/crypto/provider.ts";
import {
  add,
  base,
  challenge,
  encode,
  L,
  littleEndian,
  mod,
  multiply,
  type Point,
  p,
  torsionGenerator,
} from "../../support/crypto/edwards.ts";
import { implementations } from "../../support/crypto/providers.ts";
import { vectors } from "../../support/crypto/vectors.ts";
import { fromHex, toHex } from "../../support/hex.ts";

const test = suite("crypto/ed25519");
const all = implementations();
const message = new TextEncoder().encode("a message");

/** What each implementation says; fails when they differ, for whatever one accepts the others must. */
function verdict(publicKey: Uint8Array, text: Uint8Array, signature: Uint8Array): boolean {
  const verdicts = all.map(({ crypto }) => crypto.ed25519Verify(publicKey, text, signature));
  assert.is(new Set(verdicts).size, 1, `the implementations differ: ${verdicts.join(", ")}`);
  return verdicts[0]!;
}

test("Wycheproof: every implementation accepts what is valid and nothing else", () => {
  for (const [id, publicKey, text, signature, result, flags] of vectors.ed25519_verify) {
    assert.is(verdict(fromHex(publicKey), fromHex(text), fromHex(signature)), result === "valid", `vector ${id}, ${flags}`);
  }
});

for (const { name, crypto } of all) {
  test(`${name}: signs like RFC 8032 and NaCl`, () => {
    for (const [seedAndPublic, text, signature] of vectors.ed25519_sign) {
      const pair = crypto.ed25519KeyPair(fromHex(seedAndPublic.slice(0, 64)));
      assert.is(toHex(pair.publicKey), seedAndPublic.slice(64));
      assert.is(toHex(crypto.ed25519Sign(pair, fromHex(text))), signature);
      assert.ok(crypto.ed25519Verify(pair.publicKey, fromHex(text), fromHex(signature)));
    }
  });

  test(`${name}: a false public half does not reach the signature, where it would reveal the private key`, () => {
    const pair = crypto.ed25519KeyPair(new Uint8Array(32).fill(1));
    const forged = { privateKey: pair.privateKey, publicKey: crypto.ed25519KeyPair(new Uint8Array(32).fill(2)).publicKey };
    assert.equal(crypto.ed25519Sign(forged, message), crypto.ed25519Sign(pair, message));
  });

  test(`${name}: wrong lengths are CryptoErrors where keys are ours, and false where they are the peer's`, () => {
    const pair = crypto.ed25519KeyPair(new Uint8Array(32).fill(1));
    const signature = crypto.ed25519Sign(pair, message);
    for (const length of [0, 31, 33, 64]) {
      assert.throws(
        () => crypto.ed25519KeyPair(new Uint8Array(length)),
        (error: unknown) => error instanceof CryptoError,
      );
      assert.throws(
        () => crypto.ed25519Sign({ ...pair, privateKey: new Uint8Array(length) }, message),
        (error: unknown) => error instanceof CryptoError,
      );
      assert.is(crypto.ed25519Verify(new Uint8Array(length).fill(9), message, signature), false);
    }
    for (const length of [0, 63, 65]) assert.is(crypto.ed25519Verify(pair.publicKey, message, new Uint8Array(length).fill(9)), false);
  });

  test(`${name}: results are plain Uint8Arrays of their own memory`, () => {
    const seed = new Uint8Array(32).fill(3);
    const pair = crypto.ed25519KeyPair(seed);
    seed.fill(0);
    assert.equal(pair.privateKey, new Uint8Array(32).fill(3));
    for (const result of [pair.publicKey, pair.privateKey, crypto.ed25519Sign(pair, message)]) {
      assert.is(Object.getPrototypeOf(result), Uint8Array.prototype);
    }
  });
}

test("all implementations sign alike, and refuse a signature or message with any bit flipped", () => {
  const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(bytes32, fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(64 * 8 - 1), fc.nat(7), (seed, text, bit, textBit) => {
      const signatures = all.map(({ crypto }) => crypto.ed25519Sign(crypto.ed25519KeyPair(seed), text));
      assert.is(new Set(signatures.map(toHex)).size, 1);
      const [signature, publicKey] = [signatures[0]!, all[0]!.crypto.ed25519KeyPair(seed).publicKey];
      assert.is(verdict(publicKey, text, signature), true);
      signature[bit >> 3]! ^= 1 << (bit & 7);
      assert.is(verdict(publicKey, text, signature), false);
      signature[bit >> 3]! ^= 1 << (bit & 7);
      text[0]! ^= 1 << textBit;
      assert.is(verdict(publicKey, text, signature), false);
    }),
    { numRuns: 15 },
  );
});

test("s + L, which proves as much as s, is refused", () => {
  const { crypto } = all[0]!;
  const pair = crypto.ed25519KeyPair(new Uint8Array(32).fill(1));
  const signature = crypto.ed25519Sign(pair, message);
  const s = BigInt(`0x${toHex(signature.slice(32).reverse())}`);
  assert.is(verdict(pair.publicKey, message, signature), true);
  for (let value = s + L; value < 2n ** 256n; value += L) {
    signature.set(littleEndian(value), 32);
    assert.is(verdict(pair.publicKey, message, signature), false);
  }
});

test("none of the points of small order is a public key, in any encoding", () => {
  const generator = torsionGenerator();
  const points = Array.from({ length: 8 }, (_, index) => multiply(BigInt(index), generator));
  assert.is(new Set(points.map((point) => toHex(encode(point)))).size, 8);
  for (const { y } of points) {
    for (const value of [y, y + p].filter((candidate) => candidate < 2n ** 255n)) {
      for (const sign of [0n, 1n]) assert.is(isStrictPoint(littleEndian(value | (sign << 255n))), false);
    }
  }
  assert.is(isStrictPoint(encode(base)), true);
  assert.is(isStrictPoint(littleEndian(p - 3n)), true, "canonical, of no small order; whether it is on the curve is another question");
});

test("a small-order key with the signature that fits every message is refused", () => {
  const identity = littleEndian(1n);
  const signature = concatBytes(encode(multiply(5n, base)), littleEndian(5n));
  assert.is(verdict(identity, message, signature), false);
});

test("non-canonical encodings of R and of the key are refused before anything is computed", () => {
  const good = concatBytes(encode(base), littleEndian(1n));
  assert.is(isStrictSignature(encode(base), good), true);
  for (const y of [p, p + 1n, p + 18n]) {
    assert.is(isStrictSignature(encode(base), concatBytes(littleEndian(y), littleEndian(1n))), false);
    assert.is(isStrictSignature(littleEndian(y), good), false);
  }
  assert.is(isStrictSignature(encode(base), concatBytes(encode(base), littleEndian(L))), false);
  assert.is(isStrictSignature(encode(base), concatBytes(encode(base), littleEndian(L - 1n))), true);
});

/** Signatures over 24 messages by a key and an R that have parts of small order: how many fit. */
function countFitting(A: Point, R: Point, fits: (h: bigint) => boolean): number {
  const [keyBytes, commitment] = [encode(A), encode(R)];
  return Array.from({ length: 24 }, (_, index) => {
    const text = Uint8Array.of(index);
    const h = challenge(commitment, keyBytes, text);
    const accepted = verdict(keyBytes, text, concatBytes(commitment, littleEndian(mod(r + h * a, L))));
    assert.is(accepted, fits(h));
    return accepted;
  }).filter(Boolean).length;
}

const [a, r] = [123456789n, 987654321n];
const [A, R] = [multiply(a, base), multiply(r, base)];

test("points with a part of small order: all hold to the equation without the cofactor, with which every signature here would fit", () => {
  const torsion = torsionGenerator();
  assert.is(
    countFitting(A, R, () => true),
    24,
  );
  const forKey = countFitting(add(A, torsion), R, (h) => h % 8n === 0n);
  const forBoth = countFitting(add(A, torsion), add(R, torsion), (h) => h % 8n === 7n);
  assert.ok(forKey > 0 && forBoth > 0, `${forKey}, ${forBoth}: both outcomes were met`);
  assert.is(
    countFitting(A, add(R, torsion), () => false),
    0,
  );
});

test("an R of small order is refused though the equation holds", () => {
  const identityPoint = { x: 0n, y: 1n };
  const h = challenge(encode(identityPoint), encode(A), message);
  assert.is(verdict(encode(A), message, concatBytes(encode(identityPoint), littleEndian(mod(h * a, L)))), false);
});

test.run();
