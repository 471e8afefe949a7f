import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeBase64url, encodeBase64url } from "../../../runtime/crypto/base64url.ts";

const test = suite("crypto/base64url");

test("writes and reads what Node's Buffer does", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const text = encodeBase64url(bytes);
      assert.is(text, Buffer.from(bytes).toString("base64url"));
      assert.equal(decodeBase64url(text), bytes);
    }),
  );
});

test("reads one text only for the same bytes", () => {
  for (const text of ["A", "AAAAA", "AA==", "AAA=", "A A", "AA\n", "A+", "A/", "AB", "AAB", "é", "AAAé"])
    assert.is(decodeBase64url(text), undefined, text);
  assert.equal(decodeBase64url(""), new Uint8Array(0));
  assert.equal(decodeBase64url("AQ"), Uint8Array.of(1));
});

test.run();
