import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { concatBytes } from "../../../runtime/bytes/concat.ts";
import { CounterAead } from "../../../runtime/crypto/aead.ts";
import { CryptoError, type CryptoProvider, TAG_BYTES } from "../../../runtime/crypto/provider.ts";
import { implementations } from "../../support/crypto/providers.ts";
import { vectors } from "../../support/crypto/vectors.ts";
import { fromHex, toHex } from "../../support/hex.ts";

const test = suite("crypto/aead");
const all = implementations();
const key = new Uint8Array(32).fill(5);
const header = Uint8Array.of(0, 42);
const isCryptoError = (error: unknown): boolean => error instanceof CryptoError;

function seal(crypto: CryptoProvider, nonce: number, associatedData: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const output = new Uint8Array(plaintext.length + TAG_BYTES);
  crypto.aead(key).seal(nonce, associatedData, plaintext, output, 0);
  return output;
}

for (const { name, crypto, cipher } of all) {
  test(`${name}: Wycheproof, every vector with a nonce of 12 bytes`, () => {
    let otherNonces = 0;
    for (const [id, vectorKey, iv, aad, msg, ct, tag, result] of vectors.chacha20_poly1305) {
      if (iv.length !== 24) {
        // All of them are invalid, and cannot be said here: a nonce is a counter.
        assert.is(result, "invalid");
        otherNonces++;
        continue;
      }
      const [sealed, opened] = [fromHex(ct + tag), new Uint8Array(msg.length / 2)];
      const valid = cipher.open(fromHex(vectorKey), fromHex(iv), fromHex(aad), sealed, opened);
      assert.is(valid, result === "valid", `vector ${id}`);
      if (!valid) continue;
      assert.is(toHex(opened), msg, `vector ${id}`);
      sealed.fill(0);
      cipher.seal(fromHex(vectorKey), fromHex(iv), fromHex(aad), fromHex(msg), sealed);
      assert.is(toHex(sealed), ct + tag, `vector ${id}`);
    }
    assert.is(otherNonces, 9);
  });

  test(`${name}: the nonce is 4 zero bytes and the counter, little-endian`, () => {
    for (const counter of [0, 1, 255, 256, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 7, Number.MAX_SAFE_INTEGER]) {
      const nonce = new Uint8Array(12);
      new DataView(nonce.buffer).setBigUint64(4, BigInt(counter), true);
      const expected = new Uint8Array(header.length + TAG_BYTES);
      cipher.seal(key, nonce, header, header, expected);
      assert.equal(seal(crypto, counter, header, header), expected, `counter ${counter}`);
    }
  });

  test(`${name}: no counter but a whole number from 0 to 2^53 - 1`, () => {
    for (const counter of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      assert.throws(() => seal(crypto, counter, header, header), isCryptoError);
      assert.throws(() => crypto.aead(key).open(counter, header, new Uint8Array(20), new Uint8Array(4), 0), isCryptoError);
    }
  });

  test(`${name}: no bit of a small record, its associated data, its key or its nonce can change`, () => {
    const plaintext = Uint8Array.from({ length: 20 }, (_, index) => index + 1);
    const sealed = seal(crypto, 3, header, plaintext);
    const refused = (changed: { key?: Uint8Array; nonce?: number; header?: Uint8Array; sealed?: Uint8Array }) => {
      const output = new Uint8Array(plaintext.length + 2).fill(0xee);
      const aead = crypto.aead(changed.key ?? key);
      assert.is(aead.open(changed.nonce ?? 3, changed.header ?? header, changed.sealed ?? sealed, output, 1), false);
      const place = output.subarray(1, -1);
      assert.ok(place.every((byte) => byte === 0xee) || place.every((byte) => byte === 0), "nothing of the plaintext is left");
      assert.equal([output[0], output.at(-1)], [0xee, 0xee]);
    };
    for (const [what, bytes] of Object.entries({ sealed, header, key })) {
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const changed = bytes.slice();
        changed[bit >> 3]! ^= 1 << (bit & 7);
        refused({ [what]: changed });
      }
    }
    refused({ nonce: 2 });
    refused({ header: new Uint8Array(0) });
    refused({ header: concatBytes(header, header) });
  });

  test(`${name}: a record opened in place with a wrong tag shows nothing of the plaintext`, () => {
    const plaintext = Uint8Array.from({ length: 100 }, (_, index) => index + 1);
    const sealed = seal(crypto, 3, header, plaintext);
    sealed[sealed.length - 1]! ^= 1;
    const buffer = sealed.slice();
    assert.is(crypto.aead(key).open(3, header, buffer, buffer, 0), false);
    const ciphertext = buffer.subarray(0, plaintext.length);
    assert.ok(toHex(ciphertext) === toHex(sealed.subarray(0, plaintext.length)) || ciphertext.every((byte) => byte === 0));
  });

  test(`${name}: of a long record with a wrong tag nothing is left, and with the right one all of it is there`, () => {
    for (const length of [32_767, 32_768, 65_518]) {
      const plaintext = Uint8Array.from({ length }, (_, index) => index * 7);
      const sealed = seal(crypto, 3, header, plaintext);
      const output = new Uint8Array(length);
      assert.is(crypto.aead(key).open(3, header, sealed, output, 0), true);
      assert.equal(output, plaintext);
      output.fill(0xee);
      sealed[length >> 1]! ^= 1;
      assert.is(crypto.aead(key).open(3, header, sealed, output, 0), false);
      assert.ok(output.every((byte) => byte === 0xee) || output.every((byte) => byte === 0));
    }
  });

  test(`${name}: what is shorter than a tag is no record`, () => {
    for (let length = 0; length < TAG_BYTES; length++) {
      assert.is(crypto.aead(key).open(0, header, new Uint8Array(length), new Uint8Array(8), 0), false);
    }
    assert.is(crypto.aead(key).open(0, header, seal(crypto, 0, header, new Uint8Array(0)), new Uint8Array(0), 0), true);
  });

  test(`${name}: writes its place and nothing else, and refuses a place that is too small`, () => {
    const plaintext = new Uint8Array(10).fill(1);
    const output = new Uint8Array(5 + 26 + 5).fill(0xee);
    crypto.aead(key).seal(0, header, plaintext, output, 5);
    assert.equal(output.subarray(5, 31), seal(crypto, 0, header, plaintext));
    assert.ok([...output.subarray(0, 5), ...output.subarray(31)].every((byte) => byte === 0xee));
    for (const offset of [-1, 11, 36, 100]) {
      assert.throws(() => crypto.aead(key).seal(0, header, plaintext, output, offset), isCryptoError);
      assert.throws(() => crypto.aead(key).open(0, header, output.subarray(5, 31), plaintext, offset), isCryptoError);
    }
  });

  test(`${name}: keeps its own copy of the key, and does nothing once it is wiped`, () => {
    const mine = key.slice();
    const aead = crypto.aead(mine);
    mine.fill(0);
    const output = new Uint8Array(18);
    aead.seal(0, header, header, output, 0);
    assert.equal(output, seal(crypto, 0, header, header));
    aead.wipe();
    output.fill(0xee);
    assert.throws(() => aead.seal(1, header, header, output, 0), /wiped/);
    assert.throws(() => aead.open(0, header, seal(crypto, 0, header, header), output, 0), /wiped/);
    assert.ok(output.every((byte) => byte === 0xee));
    for (const length of [0, 16, 31, 33]) assert.throws(() => crypto.aead(new Uint8Array(length)), isCryptoError);
  });
}

test("wiping overwrites the key itself", () => {
  let seen = new Uint8Array(0);
  const seal = (inner: Uint8Array): void => {
    seen = inner as typeof seen;
  };
  const spy = new CounterAead({ ...all[0]!.cipher, seal }, key);
  spy.seal(0, header, header, new Uint8Array(18), 0);
  assert.equal(seen, key);
  spy.wipe();
  assert.equal(seen, new Uint8Array(32));
});

const lengths = fc.oneof({ weight: 8, arbitrary: fc.nat(300) }, { weight: 1, arbitrary: fc.integer({ min: 300, max: 70_000 }) });
const records = fc.record({
  key: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  nonce: fc.maxSafeNat(),
  header: fc.uint8Array({ maxLength: 40 }),
  length: lengths,
  fill: fc.nat(255),
  offset: fc.nat(40),
});

test("all implementations seal alike, in place too, and each opens what the others sealed", () => {
  fc.assert(
    fc.property(records, ({ key: anyKey, nonce, header: anyHeader, length, fill, offset }) => {
      const plaintext = Uint8Array.from({ length }, (_, index) => (index * 7 + fill) & 255);
      const sealed = all.map(({ crypto }) => {
        const output = new Uint8Array(offset + length + TAG_BYTES);
        output.set(plaintext, offset);
        crypto.aead(anyKey).seal(nonce, anyHeader, output.subarray(offset, offset + length), output, offset);
        return Buffer.from(output.subarray(offset));
      });
      for (const { name, crypto } of all) {
        const apart = new Uint8Array(length + TAG_BYTES);
        crypto.aead(anyKey).seal(nonce, anyHeader, plaintext, apart, 0);
        const opened = new Uint8Array(offset + length);
        const inPlace = apart.slice();
        for (const record of sealed) assert.ok(record.equals(apart), name);
        assert.ok(crypto.aead(anyKey).open(nonce, anyHeader, apart, opened, offset), name);
        assert.ok(crypto.aead(anyKey).open(nonce, anyHeader, inPlace, inPlace, 0), name);
        assert.is(Buffer.compare(opened.subarray(offset), plaintext), 0, name);
        assert.is(Buffer.compare(inPlace.subarray(0, length), plaintext), 0, name);
      }
    }),
    { numRuns: 100 },
  );
});

test.run();
