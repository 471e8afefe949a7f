import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../runtime/bytes/hex.ts";
import { systemRandom } from "../../../runtime/crypto/random.ts";

const test = suite("crypto/random");

test("it gives as many bytes as are asked for, and never the same twice", () => {
  const seen = new Set<string>();
  for (let round = 0; round < 500; round++)
    for (const length of [16, 32, 100, 128, 129, 5_000]) {
      const bytes = systemRandom(length);
      assert.is(bytes.length, length);
      seen.add(toHex(bytes.subarray(0, 16)));
    }
  assert.is(seen.size, 3_000);
});

test("what it gives is the caller's: its memory holds nothing else, and nothing changes it", () => {
  const bytes = systemRandom(32);
  assert.is(bytes.buffer.byteLength, 32);
  const before = toHex(bytes);
  for (let round = 0; round < 100; round++) systemRandom(32);
  assert.is(toHex(bytes), before);
});

test.run();
