import { createHash, createHmac } from "node:crypto";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../runtime/bytes/hex.ts";
import { hmacSha256 } from "../../../runtime/crypto/hmac.ts";

const test = suite("crypto/hmac");

const sha256 = (data: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(data).digest());
const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index * 7 + length);

test("it is node:crypto's, for keys and data around a block's size", () => {
  for (const keyBytes of [0, 1, 32, 63, 64, 65, 200])
    for (const dataBytes of [0, 1, 55, 64, 65, 1_000]) {
      const [key, data] = [bytes(keyBytes), bytes(dataBytes)];
      assert.is(toHex(hmacSha256(sha256, key, data)), createHmac("sha256", key).update(data).digest("hex"), `${keyBytes}, ${dataBytes}`);
    }
});

test("nothing that it made of the key stays in memory, and the key and the data do", () => {
  const hashed: Uint8Array[] = [];
  const key = bytes(32);
  const noting = (data: Uint8Array): Uint8Array => {
    hashed.push(data);
    return sha256(data);
  };
  hmacSha256(noting, key, bytes(10));
  assert.equal(
    hashed.map((block) => Math.max(...block)),
    [0, 0],
  );
  assert.equal(key, bytes(32));
});

test.run();
