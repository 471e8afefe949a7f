import { suite } from "uvu";
import * as assert from "uvu/assert";
import { SpareMemory } from "../../../runtime/bytes/spare-memory.ts";

const spare = new SpareMemory();
const test = suite("bytes/spare-memory");

test("what was given back is used again for what is as large, and for nothing smaller or larger", () => {
  for (const bytes of [1, 132, 133, 4_096, 20_000, 65_536, 67_584, 67_585, 131_072, 1_048_576 + 100]) {
    const memory = spare.take(bytes);
    assert.ok(memory.length >= bytes && memory.length <= Math.max(132, 2 * bytes), `${bytes}: ${memory.length}`);
    spare.give(memory.subarray(10, 20));
    const again = spare.take(bytes);
    assert.is(again.buffer, memory.buffer);
    assert.is(again.length, memory.length);
    assert.is.not(spare.take(bytes).buffer, memory.buffer);
    assert.is.not(spare.take(4 * bytes).buffer, memory.buffer);
  }
});

test("memory of other sizes is not taken back", () => {
  for (const bytes of [0, 4_096, 67_583, 67_585, 1_048_576]) {
    const memory = new Uint8Array(bytes);
    spare.give(memory);
    assert.is.not(spare.take(bytes).buffer, memory.buffer);
  }
});

test("no more than 8 MiB wait for their next use", () => {
  const all = Array.from({ length: 200 }, () => spare.take(65_536));
  for (const memory of all) spare.give(memory);
  const known = new Set(all.map(({ buffer }) => buffer));
  const again = Array.from({ length: 200 }, () => spare.take(65_536)).filter(({ buffer }) => known.has(buffer));
  assert.ok(again.length * 67_584 <= 8_388_608, String(again.length));
  assert.ok(again.length > 100, String(again.length));
});

test.run();
