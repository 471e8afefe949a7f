import { suite } from "uvu";
import * as assert from "uvu/assert";
import { release } from "../../../runtime/bytes/release.ts";

const test = suite("bytes/release");

test("all arrays in released memory are empty from then on", () => {
  const bytes = new Uint8Array(65_536).fill(1);
  const part = bytes.subarray(10, 20);
  const { buffer } = bytes;
  release(bytes);
  assert.equal([bytes.length, part.length, buffer.byteLength], [0, 0, 0]);
  release(bytes);
});

test("released memory is free at once, and not when the garbage collector comes", () => {
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 100; i++) release(new Uint8Array(1_048_576));
  assert.ok(process.memoryUsage().arrayBuffers - before < 2 * 1_048_576);
});

test("a part of some memory, what is small, and what other threads may look at stay as they are", () => {
  const bytes = new Uint8Array(65_536);
  const small = new Uint8Array(16_383);
  const shared = new Uint8Array(new SharedArrayBuffer(65_536));
  for (const kept of [bytes.subarray(1), bytes.subarray(0, 65_535), small, shared]) {
    const { length } = kept;
    release(kept);
    assert.is(kept.length, length);
  }
});

test.run();
