import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { hkdf, noiseHkdf } from "../../../runtime/crypto/hkdf.ts";
import { CryptoError } from "../../../runtime/crypto/provider.ts";
import { implementations } from "../../support/crypto/providers.ts";
import { vectors } from "../../support/crypto/vectors.ts";
import { fromHex, toHex } from "../../support/hex.ts";

const test = suite("crypto/hkdf");
const all = implementations();

for (const { name, crypto } of all) {
  test(`${name}: SHA-256 of FIPS 180-4's examples`, () => {
    const text = (value: string) => toHex(crypto.sha256(new TextEncoder().encode(value)));
    assert.is(text(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert.is(text("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert.is(
      text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    );
  });

  test(`${name}: HMAC-SHA-256, Wycheproof, whole tags and the first half`, () => {
    for (const [id, key, message, tag, result, tagBits] of vectors.hmac_sha256) {
      const mac = toHex(crypto.hmacSha256(fromHex(key), fromHex(message))).slice(0, tagBits / 4);
      assert.is(mac === tag, result === "valid", `vector ${id}`);
    }
  });

  test(`${name}: HKDF-SHA-256, Wycheproof`, () => {
    for (const [id, input, salt, info, size, output, result] of vectors.hkdf_sha256) {
      const derive = () => hkdf(crypto, fromHex(salt), fromHex(input), fromHex(info), size);
      if (result === "valid") assert.is(toHex(derive()), output, `vector ${id}`);
      else assert.throws(derive, (error: unknown) => error instanceof CryptoError, `vector ${id}`);
    }
  });

  test(`${name}: Noise's HKDF is RFC 5869 without info, cut into keys`, () => {
    const [chainingKey, input] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const whole = hkdf(crypto, chainingKey, input, new Uint8Array(0), 96);
    assert.equal(noiseHkdf(crypto, chainingKey, input, 3), [whole.slice(0, 32), whole.slice(32, 64), whole.slice(64)]);
    assert.equal(noiseHkdf(crypto, chainingKey, input, 2), [whole.slice(0, 32), whole.slice(32, 64)]);
  });

  test(`${name}: digests are plain Uint8Arrays`, () => {
    for (const digest of [crypto.sha256(new Uint8Array(3)), crypto.hmacSha256(new Uint8Array(3), new Uint8Array(3))]) {
      assert.is(Object.getPrototypeOf(digest), Uint8Array.prototype);
      assert.is(digest.length, 32);
    }
  });
}

test("all implementations hash and authenticate alike", () => {
  const bytes = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(bytes, bytes, (key, data) => {
      assert.is(new Set(all.map(({ crypto }) => toHex(crypto.sha256(data)))).size, 1);
      assert.is(new Set(all.map(({ crypto }) => toHex(crypto.hmacSha256(key, data)))).size, 1);
    }),
  );
});

test.run();
