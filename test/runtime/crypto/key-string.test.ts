import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { concatBytes } from "../../../runtime/bytes/concat.ts";
import { encodeBase64url } from "../../../runtime/crypto/base64url.ts";
import { formatServerKey, parseServerKey, type ServerKey } from "../../../runtime/crypto/key-string.ts";
import { KeyStringError, type KeyStringProblem } from "../../../runtime/crypto/key-string-error.ts";
import { nativeCrypto } from "../../../runtime/crypto/native.ts";

const test = suite("crypto/key-string");
const crypto = nativeCrypto();
const identity = crypto.ed25519KeyPair(new Uint8Array(32).fill(1)).publicKey;
const withStatic: ServerKey = { identity, static: { key: new Uint8Array(32).fill(2), serial: 7 } };

function refused(text: string, problem: KeyStringProblem, message: RegExp): void {
  assert.throws(
    () => parseServerKey(crypto, text),
    (error: unknown) => error instanceof KeyStringError && error.problem === problem && message.test(error.message),
    `${problem} ${message} for ${text}`,
  );
}

/** A string with a right checksum, whatever it holds. */
function stringOf(body: Uint8Array): string {
  const checksum = crypto.sha256(concatBytes(new TextEncoder().encode("zserver key string v1"), body)).subarray(0, 4);
  return `zsk_${encodeBase64url(concatBytes(body, checksum))}`;
}

test("what is formatted is parsed, with and without a static key", () => {
  const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(bytes32, fc.option(fc.tuple(bytes32, fc.nat(0xffff_ffff)), { nil: undefined }), (seed, pinned) => {
      const key: ServerKey = {
        identity: crypto.ed25519KeyPair(seed).publicKey,
        ...(pinned && { static: { key: pinned[0], serial: pinned[1] } }),
      };
      const text = formatServerKey(crypto, key);
      assert.is(text.length, pinned ? 102 : 54);
      assert.equal(parseServerKey(crypto, text), key);
      assert.equal(parseServerKey(crypto, ` \n${text}\r\n`), key, "white space around it is no part of it");
    }),
  );
});

test("every typing error is found, and told", () => {
  for (const key of [{ identity }, withStatic]) {
    const text = formatServerKey(crypto, key);
    for (let index = 4; index < text.length; index++) {
      const typed = (character: string) => text.slice(0, index) + character + text.slice(index + 1);
      refused(typed(text[index] === "x" ? "y" : "x"), "WRONG_CHECKSUM", /mistyped.*copy/);
      refused(typed("+"), "WRONG_CHARACTER", new RegExp(`character ${index + 1}, "\\+".*copy`));
      refused(text.slice(0, index) + text.slice(index + 1), "WRONG_LENGTH", /has (53|101) characters and not 54 or 102.*copy/);
      refused(text.slice(0, index), index === 54 ? "WRONG_CHECKSUM" : "WRONG_LENGTH", /copy the/);
    }
    refused(`${text}A`, "WRONG_LENGTH", /too much/);
  }
});

test("what has another beginning is no key, and is not shown, for it may be a secret", () => {
  const secrets = [`{"format":"zserver identity v1"}`, "liKbGouZ0x4Q57H6QLiqBj_Z54GMmdM2NTWv8gEi9oY"];
  for (const text of ["", "zsk", "ZSK_AA", ...secrets]) {
    refused(text, "WRONG_PREFIX", /does not begin with zsk_.*never a part of the identity file/);
  }
  for (const text of secrets)
    assert.throws(
      () => parseServerKey(crypto, text),
      (error: Error) => !error.message.includes(text),
    );
});

test("kinds of later versions are told from typing errors", () => {
  refused(stringOf(concatBytes(Uint8Array.of(3), identity)), "UNKNOWN_KIND", /kind, 3,.*later version/);
  refused(stringOf(concatBytes(Uint8Array.of(2), identity)), "UNKNOWN_KIND", /kind, 2,/);
});

test("what cannot be a public key is refused both ways", () => {
  const smallOrder = Uint8Array.of(1, ...new Uint8Array(31));
  refused(stringOf(concatBytes(Uint8Array.of(1), smallOrder)), "WRONG_KEY", /no Ed25519 public key/);
  const wrong: ServerKey[] = [
    { identity: smallOrder },
    { identity: identity.subarray(1) },
    { identity, static: { key: new Uint8Array(31), serial: 1 } },
    { identity, static: { key: new Uint8Array(32), serial: 2 ** 32 } },
    { identity, static: { key: new Uint8Array(32), serial: -1 } },
  ];
  for (const key of wrong) {
    assert.throws(
      () => formatServerKey(crypto, key),
      (error: unknown) => error instanceof KeyStringError && error.problem === "WRONG_KEY",
    );
  }
});

test.run();
