import { suite } from "uvu";
import * as assert from "uvu/assert";
import { outputBuffer } from "../../../runtime/channel/output-buffer.ts";

const test = suite("channel/output-buffer");

test("no two outputs share a byte, whatever their sizes", () => {
  const outputs = Array.from({ length: 500 }, (_, index) => outputBuffer((index * 37) % 700));
  for (const [index, output] of outputs.entries()) output.fill(index);
  for (const [index, output] of outputs.entries()) {
    assert.is(output.length, (index * 37) % 700);
    assert.ok(output.every((byte) => byte === (index & 0xff)));
  }
});

test("a large output has memory of its own", () => {
  assert.is(outputBuffer(513).buffer.byteLength, 513);
});

test.run();
