import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Trust } from "../../../../runtime/server/door/trust.ts";

/** Begins as many as are free, at most so many. */
function begin(trust: Trust, most: number): number {
  let begun = 0;
  for (; begun < most && trust.free; begun++) trust.begun();
  return begun;
}

const test = suite("server/door/trust");

test("clients that finish are let in in ever larger crowds, up to a bound", () => {
  const trust = new Trust();
  const crowds: number[] = [];
  for (let round = 0; round < 8; round++) {
    const begun = begin(trust, 100_000);
    crowds.push(begun);
    for (let count = 0; count < begun; count++) trust.over(true);
  }
  assert.equal(crowds, [64, 128, 256, 512, 1_024, 2_048, 4_096, 4_096]);
});

test("of those who never finish a few are free, and no more until they are gone", () => {
  const trust = new Trust();
  assert.is(begin(trust, 20_000), 64);
  for (let count = 0; count < 64; count++) trust.over(false);
  assert.is(begin(trust, 20_000), 16);
});

test("one that comes to nothing among many costs half, and is earned again", () => {
  const trust = new Trust();
  for (let count = 0; count < 64; count++) trust.begun();
  for (let count = 0; count < 64; count++) trust.over(count !== 63);
  assert.is(begin(trust, 1_000), (64 + 63) >> 1);
});

test.run();
