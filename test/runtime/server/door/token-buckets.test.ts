import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TokenBuckets } from "../../../../runtime/server/door/token-buckets.ts";

/** Buckets of 3 tokens, 2 a second, and the time that a test sets. */
function buckets(keys = 100): { readonly buckets: TokenBuckets; pass(ms: number): void } {
  let now = 1_000;
  return {
    buckets: new TokenBuckets({ burst: 3, refillPerSecond: 2, keys, now: () => now }),
    pass(ms) {
      now += ms;
    },
  };
}

const test = suite("server/door/token-buckets");

test("a full bucket has its burst, and then as much debt, and no more", () => {
  const { buckets: some } = buckets();
  const taken = Array.from({ length: 9 }, () => some.take("a"));
  assert.equal(taken, [0, 0, 0, 1, 2, 3, 3, 3, 3]);
  assert.is(some.take("b"), 0, "another key has a bucket of its own");
});

test("debt is paid off as time passes, and a bucket is never more than full", () => {
  const { buckets: some, pass } = buckets();
  for (let count = 0; count < 6; count++) some.take("a");
  pass(1_500);
  assert.is(some.take("a"), 1);
  pass(1_000);
  assert.is(some.take("a"), 0);
  pass(3_600_000);
  assert.equal(
    Array.from({ length: 4 }, () => some.take("a")),
    [0, 0, 0, 1],
  );
});

test("as many buckets are kept as was said; the one that was used longest ago is forgotten", () => {
  const { buckets: some } = buckets(2);
  for (let count = 0; count < 5; count++) some.take("a");
  some.take("b");
  some.take("a");
  some.take("c");
  assert.is(some.size, 2);
  assert.is(some.take("a"), 3, "used just before");
  some.take("d");
  some.take("e");
  assert.is(some.take("a"), 0, "forgotten, and so full again");
});

test.run();
