import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CryptoError, type CryptoProvider, type KeyPair } from "../../../runtime/crypto/provider.ts";
import { implementations } from "../../support/crypto/providers.ts";
import { vectors } from "../../support/crypto/vectors.ts";
import { fromHex, toHex } from "../../support/hex.ts";

const test = suite("crypto/x25519");
const all = implementations();
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });

function agree(crypto: CryptoProvider, privateKey: string, publicKey: string): string {
  return toHex(crypto.x25519(crypto.x25519KeyPair(fromHex(privateKey)), fromHex(publicKey)));
}

for (const { name, crypto } of all) {
  test(`${name}: Wycheproof, all-zero results refused`, () => {
    let refused = 0;
    for (const [id, privateKey, publicKey, shared] of vectors.x25519) {
      if (/^0+$/.test(shared)) {
        assert.throws(
          () => agree(crypto, privateKey, publicKey),
          (error: unknown) => error instanceof CryptoError,
          `${id} is refused`,
        );
        refused++;
      } else assert.is(agree(crypto, privateKey, publicKey), shared, `vector ${id}`);
    }
    assert.is(refused, 31);
  });

  test(`${name}: RFC 7748`, () => {
    for (const [scalar, u, result] of vectors.rfc7748_x25519) assert.is(agree(crypto, scalar, u), result);
  });

  test(`${name}: NaCl, with both public keys`, () => {
    for (const [public1, secret1, public2, secret2, shared] of vectors.nacl_scalarmult) {
      assert.is(toHex(crypto.x25519KeyPair(fromHex(secret1)).publicKey), public1);
      assert.is(toHex(crypto.x25519KeyPair(fromHex(secret2)).publicKey), public2);
      assert.is(agree(crypto, secret1, public2), shared);
      assert.is(agree(crypto, secret2, public1), shared);
    }
  });

  test(`${name}: a pair that was put together by hand agrees like one that was made`, () => {
    const made = crypto.x25519KeyPair(new Uint8Array(32).fill(1));
    const byHand: KeyPair = { publicKey: made.publicKey.slice(), privateKey: made.privateKey.slice() };
    const peer = crypto.x25519KeyPair(new Uint8Array(32).fill(2)).publicKey;
    assert.equal(crypto.x25519(byHand, peer), crypto.x25519(made, peer));
    assert.equal(crypto.x25519(byHand, peer), crypto.x25519(made, peer), "the second time too");
  });

  test(`${name}: wrong lengths are CryptoErrors`, () => {
    const pair = crypto.x25519KeyPair(new Uint8Array(32));
    const isCryptoError = (error: unknown) => error instanceof CryptoError && /32 bytes, not/.test(error.message);
    for (const length of [0, 31, 33, 64]) {
      const wrong = new Uint8Array(length).fill(9);
      assert.throws(() => crypto.x25519KeyPair(wrong), isCryptoError);
      assert.throws(() => crypto.x25519(pair, wrong), isCryptoError);
      assert.throws(() => crypto.x25519({ ...pair, privateKey: wrong }, pair.publicKey), isCryptoError);
    }
  });

  test(`${name}: results are plain Uint8Arrays of their own memory`, () => {
    const seed = new Uint8Array(32).fill(3);
    const pair = crypto.x25519KeyPair(seed);
    const secret = crypto.x25519(pair, pair.publicKey);
    seed.fill(0);
    assert.equal(pair.privateKey, new Uint8Array(32).fill(3));
    for (const result of [pair.publicKey, pair.privateKey, secret]) {
      assert.is(Object.getPrototypeOf(result), Uint8Array.prototype);
      assert.is(result.length, 32);
    }
  });
}

test("all implementations agree with one another", () => {
  fc.assert(
    fc.property(bytes32, bytes32, (ours, theirs) => {
      const secrets = all.flatMap(({ crypto }) =>
        all.map((other) => toHex(crypto.x25519(crypto.x25519KeyPair(ours), other.crypto.x25519KeyPair(theirs).publicKey))),
      );
      assert.is(new Set(secrets).size, 1);
    }),
    { numRuns: 20 },
  );
});

test.run();
