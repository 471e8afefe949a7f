import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { applyMask } from "../../../runtime/transport/websocket-mask.ts";

const test = suite("transport/websocket-mask");

test("bytes are unmasked as RFC 6455, section 5.3, says, wherever they lie and however they are cut", () => {
  const bytes = fc.uint8Array({ maxLength: 400 });
  const mask = fc.uint8Array({ minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(bytes, mask, fc.nat(7), fc.array(fc.nat(400), { maxLength: 4 }), (plain, key, offset, cuts) => {
      const masked = new Uint8Array(offset + plain.length).subarray(offset);
      masked.set(plain.map((byte, i) => byte ^ key[i & 3]!));
      const ends = [...cuts.filter((cut) => cut < plain.length).sort((a, b) => a - b), plain.length];
      let rest = new DataView(key.buffer, key.byteOffset).getInt32(0);
      let at = 0;
      for (const end of ends) {
        rest = applyMask(masked.subarray(at, end), rest);
        at = end;
      }
      assert.equal(masked, plain);
    }),
  );
});

test("bytes beside those that are unmasked stay as they are", () => {
  const around = new Uint8Array(300).fill(7);
  applyMask(around.subarray(3, 290), 0x01020304);
  assert.equal([...around.subarray(0, 3), ...around.subarray(290)], new Array(13).fill(7));
});

test.run();
