import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeBase64, encodeBase64, portableBase64 } from "../../../runtime/bytes/base64.ts";

const test = suite("bytes/base64");

test("bytes are written as Node writes them", () => {
  for (const encode of [encodeBase64, portableBase64]) {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => encode(bytes) === Buffer.from(bytes).toString("base64")));
  }
});

test("either alphabet is read, with padding and without", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const standard = Buffer.from(bytes).toString("base64");
      for (const text of [standard, standard.replace(/=+$/, ""), Buffer.from(bytes).toString("base64url")]) {
        assert.equal(decodeBase64(text), bytes);
      }
    }),
  );
});

test("what is no base64 is refused", () => {
  for (const text of ["A", "AAAAA", "A===", "AA=A", "AA==AA==", "=", "====", "A A=", "AA=", "AAAA=", "AAA\n", "é===", "A\ud800AA"]) {
    assert.is(decodeBase64(text), undefined, text);
  }
});

test("bits behind the last byte may be what they like", () => {
  assert.equal(decodeBase64("-_"), new Uint8Array([0xfb]));
});

test.run();
