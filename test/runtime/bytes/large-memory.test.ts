import { suite } from "uvu";
import * as assert from "uvu/assert";
import { LargeMemory } from "../../../runtime/bytes/large-memory.ts";

const large = new LargeMemory();
const test = suite("bytes/large-memory");

test("what was given back is used again for what is as large, and for nothing smaller or larger", () => {
  for (const bytes of [20_000, 65_536, 66_560, 66_561, 131_072, 1_048_576 + 100, 4_194_304 + 1_024]) {
    const memory = large.take(bytes);
    assert.ok(memory.length >= bytes && memory.length <= Math.max(66_560, 2 * bytes), `${bytes}: ${memory.length}`);
    large.give(memory.subarray(10, 20));
    const again = large.take(bytes);
    assert.is(again.buffer, memory.buffer);
    assert.is(again.length, memory.length);
    assert.is.not(large.take(bytes).buffer, memory.buffer);
    assert.is.not(large.take(4 * bytes).buffer, memory.buffer);
  }
});

test("memory of other sizes is not taken back", () => {
  for (const bytes of [0, 4_096, 66_559, 66_561, 1_048_576]) {
    const memory = new Uint8Array(bytes);
    large.give(memory);
    assert.is.not(large.take(bytes).buffer, memory.buffer);
  }
});

test("no more than 8 MiB wait for their next use", () => {
  const all = Array.from({ length: 200 }, () => large.take(65_536));
  for (const memory of all) large.give(memory);
  const known = new Set(all.map(({ buffer }) => buffer));
  const again = Array.from({ length: 200 }, () => large.take(65_536)).filter(({ buffer }) => known.has(buffer));
  assert.ok(again.length * 66_560 <= 8_388_608, String(again.length));
  assert.ok(again.length > 100, String(again.length));
});

test.run();
