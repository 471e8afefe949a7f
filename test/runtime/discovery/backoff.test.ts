import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Backoff } from "../../../runtime/discovery/backoff.ts";
import { chanceOf, chooseOne } from "../../../runtime/discovery/chance.ts";
import { seededRandom } from "../../support/channel/ends.ts";

const test = suite("discovery/backoff");

test("the bound doubles from the base to the cap", () => {
  const backoff = new Backoff({ chance: () => 1 });
  assert.equal(
    Array.from({ length: 9 }, () => backoff.next()),
    [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000],
  );
  assert.is(backoff.failures, 9);
});

test("a reset begins anew", () => {
  const backoff = new Backoff({ chance: () => 1, baseMs: 10, capMs: 25 });
  assert.equal([backoff.next(), backoff.next(), backoff.next()], [10, 20, 25]);
  backoff.reset();
  assert.is(backoff.failures, 0);
  assert.is(backoff.next(), 10);
});

test("waits are spread over everything from nothing to the bound, also after years of failures", () => {
  const chance = chanceOf(seededRandom(7));
  const firsts = Array.from({ length: 2000 }, () => new Backoff({ chance }).next());
  assert.ok(Math.min(...firsts) < 5 && Math.max(...firsts) > 245);
  const mean = firsts.reduce((sum, ms) => sum + ms, 0) / firsts.length;
  assert.ok(Math.abs(mean - 125) < 8, `mean ${mean}`);
  const old = new Backoff({ chance });
  for (let round = 0; round < 3000; round++) {
    const ms = old.next();
    assert.ok(ms >= 0 && ms <= 15_000);
  }
});

test("what a server asked for is waited out, and those that it refused return apart", () => {
  const property = fc.property(fc.integer(), fc.nat(10), fc.nat(100_000), (seed, failures, notBeforeMs) => {
    const backoff = new Backoff({ chance: chanceOf(seededRandom(seed)) });
    for (let count = 0; count < failures; count++) backoff.next();
    const ms = backoff.next(notBeforeMs);
    assert.ok(ms >= notBeforeMs && ms <= notBeforeMs + 15_000);
  });
  fc.assert(property);
  const chance = chanceOf(seededRandom(1));
  assert.is.not(new Backoff({ chance }).next(5000), new Backoff({ chance }).next(5000));
});

test("chance stays below 1, and choosing takes every item", () => {
  assert.is(chanceOf(() => new Uint8Array(4))(), 0);
  assert.ok(chanceOf(() => new Uint8Array(4).fill(255))() < 1);
  const chance = chanceOf(seededRandom(3));
  const counts = new Map<string, number>();
  for (let draw = 0; draw < 3000; draw++) {
    const item = chooseOne(chance, ["a", "b", "c"])!;
    counts.set(item, (counts.get(item) ?? 0) + 1);
  }
  for (const item of ["a", "b", "c"]) assert.ok(counts.get(item)! > 900, `${item}: ${counts.get(item)}`);
  assert.is(chooseOne(chance, []), undefined);
});

test.run();
