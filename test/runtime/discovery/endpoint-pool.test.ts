import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { chanceOf } from "../../../runtime/discovery/chance.ts";
import { parseEndpointList } from "../../../runtime/discovery/endpoint-list.ts";
import { EndpointPool, FORGET_AFTER_MS, MAX_HISTORIES, MAX_RETRY_AFTER_MS } from "../../../runtime/discovery/endpoint-pool.ts";
import type { DialTarget } from "../../../runtime/discovery/target.ts";
import { seededRandom, TestTime } from "../../support/channel/ends.ts";
import { targetsOf } from "../../support/discovery/world.ts";

const test = suite("discovery/endpoint-pool");

function poolOf(seed = 1): { pool: EndpointPool; time: TestTime } {
  const time = new TestTime();
  return { pool: new EndpointPool([], { timers: time.timers, chance: chanceOf(seededRandom(seed)) }), time };
}

/** Everything in the order in which a search would try it. */
function order(pool: EndpointPool, targets: readonly DialTarget[]): (string | undefined)[] {
  const waiting = new Set(targets);
  const picked: (string | undefined)[] = [];
  for (let previous: DialTarget | undefined; ; ) {
    previous = pool.pick(waiting, previous);
    if (previous === undefined) return picked;
    waiting.delete(previous);
    picked.push(previous.address);
  }
}

test("a lower priority comes first, whatever happened there", () => {
  const { pool } = poolOf();
  const [first] = targetsOf("ws://a.test", ["1.1.1.1"], 1);
  const [second] = targetsOf("ws://b.test", ["2.2.2.2"], 2);
  pool.failed(first!);
  assert.equal(order(pool, [second!, first!]), ["1.1.1.1", "2.2.2.2"]);
});

test("what failed less often comes first, then what failed longest ago; success clears", () => {
  const { pool, time } = poolOf();
  const targets = targetsOf("ws://a.test", ["1.1.1.1", "2.2.2.2", "3.3.3.3", "4.4.4.4"]);
  for (const index of [0, 0, 2, 1]) {
    pool.failed(targets[index]!);
    time.clock.advance(10);
  }
  assert.equal(order(pool, targets), ["4.4.4.4", "3.3.3.3", "2.2.2.2", "1.1.1.1"]);
  assert.equal(pool.history(targets[0]!).failures, 2);
  pool.succeeded(targets[0]!);
  pool.failed(targets[3]!);
  assert.equal(order(pool, targets), ["1.1.1.1", "3.3.3.3", "2.2.2.2", "4.4.4.4"]);
});

test("IPv6 comes first, then the families take turns", () => {
  for (let seed = 0; seed < 20; seed++) {
    const picked = order(poolOf(seed).pool, targetsOf("ws://a.test", ["1.1.1.1", "2.2.2.2", "3.3.3.3", "::1", "::2"]));
    assert.equal(
      picked.map((address) => address!.includes(":")),
      [true, false, true, false, false],
    );
  }
});

test("among equal endpoints chance decides which is first, also when only one of them has IPv6", () => {
  const { pool } = poolOf();
  const targets = [...targetsOf("ws://a.test", ["::1", "1.1.1.1"]), ...targetsOf("ws://b.test", ["2.2.2.2", "3.3.3.3"])];
  const firsts = new Map<string, number>();
  for (let draw = 0; draw < 1000; draw++) {
    const { address } = pool.pick(targets)!;
    firsts.set(address!, (firsts.get(address!) ?? 0) + 1);
  }
  assert.is(firsts.get("1.1.1.1"), undefined, "IPv6 goes before it");
  assert.ok(Math.abs(firsts.get("::1")! - 500) < 60, `a: ${firsts.get("::1")}`);
  assert.ok(Math.abs(firsts.get("2.2.2.2")! - 250) < 50, `b: ${firsts.get("2.2.2.2")}`);
});

test("a refusal is obeyed, within bounds, and keeps nobody else waiting", () => {
  const { pool, time } = poolOf();
  const [one, two] = targetsOf("ws://a.test", ["1.1.1.1", "2.2.2.2"]);
  pool.failed(one!, 5000);
  assert.is(pool.pick([one!]), undefined);
  assert.is(pool.pick([one!, two!]), two);
  assert.is(pool.readyInMs([one!]), 5000);
  assert.is(pool.readyInMs([one!, two!]), 0);
  assert.is(pool.readyInMs([]), Number.POSITIVE_INFINITY);
  time.clock.advance(4999);
  assert.is(pool.pick([one!]), undefined);
  time.clock.advance(1);
  assert.is(pool.pick([one!]), one);
  pool.failed(one!, Number.MAX_SAFE_INTEGER);
  assert.is(pool.readyInMs([one!]), MAX_RETRY_AFTER_MS);
});

test("failures are forgotten in the end", () => {
  const { pool, time } = poolOf();
  const [one] = targetsOf("ws://a.test", ["1.1.1.1"]);
  pool.failed(one!);
  time.clock.advance(FORGET_AFTER_MS - 1);
  assert.is(pool.history(one!).failures, 1);
  time.clock.advance(1);
  assert.is(pool.history(one!).failures, 0);
  pool.failed(one!);
  assert.is(pool.history(one!).failures, 1, "and do not come back with the next one");
});

test("addresses that come and go do not fill the memory", () => {
  const { pool } = poolOf();
  const addresses = Array.from({ length: MAX_HISTORIES + 1 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
  const targets = targetsOf("ws://a.test", addresses);
  pool.failed(targets[0]!);
  pool.failed(targets[1]!);
  pool.failed(targets[0]!);
  for (const target of targets.slice(2)) pool.failed(target);
  const known = targets.filter((target) => pool.history(target).failures > 0);
  assert.is(known.length, MAX_HISTORIES);
  assert.is(pool.history(targets[1]!).failures, 0, "the one that failed longest ago made room");
});

test("a replaced list keeps what is known of those that stay", () => {
  const { pool } = poolOf();
  const [before] = targetsOf("ws://a.test", ["1.1.1.1"]);
  pool.failed(before!);
  const list = parseEndpointList(["ws://b.test", "ws://a.test"]);
  pool.replace(list);
  assert.is(pool.endpoints, list);
  assert.is(pool.history(targetsOf("ws://a.test", ["1.1.1.1"])[0]!).failures, 1);
  assert.is(pool.history(targetsOf("ws://a.test:7000", ["1.1.1.1"])[0]!).failures, 0, "another port is another server");
});

interface Known {
  failures: number;
  lastFailureAt: number;
  notBefore: number;
}

const command = fc.oneof(
  fc.record({ type: fc.constant("failed" as const), index: fc.nat(7), retryAfterMs: fc.oneof(fc.constant(0), fc.nat(3000)) }),
  fc.record({ type: fc.constant("succeeded" as const), index: fc.nat(7) }),
  fc.record({ type: fc.constant("pass" as const), ms: fc.nat(2000) }),
  fc.record({ type: fc.constant("pick" as const), waiting: fc.subarray([0, 1, 2, 3, 4, 5, 6, 7]), previous: fc.option(fc.nat(7)) }),
);

test("never picks what something better or an unfinished refusal rules out", () => {
  const property = fc.property(fc.integer(), fc.array(command, { maxLength: 60 }), (seed, commands) => {
    const { pool, time } = poolOf(seed);
    const targets = [0, 0, 1, 1].flatMap((priority, index) =>
      targetsOf(`ws://h${index}.test`, [`::${index + 1}`, `1.1.1.${index}`], priority),
    );
    const known: Known[] = targets.map(() => ({ failures: 0, lastFailureAt: Number.NEGATIVE_INFINITY, notBefore: 0 }));
    for (const step of commands) {
      const now = time.timers.now();
      if (step.type === "pass") time.clock.advance(step.ms);
      else if (step.type === "succeeded") {
        pool.succeeded(targets[step.index]!);
        known[step.index] = { failures: 0, lastFailureAt: Number.NEGATIVE_INFINITY, notBefore: 0 };
      } else if (step.type === "failed") {
        pool.failed(targets[step.index]!, step.retryAfterMs);
        const { failures } = known[step.index]!;
        known[step.index] = { failures: failures + 1, lastFailureAt: now, notBefore: now + step.retryAfterMs };
      } else {
        const waiting = step.waiting.map((index) => targets[index]!);
        const picked = pool.pick(waiting, step.previous === null ? undefined : targets[step.previous]);
        const ready = step.waiting.filter((index) => known[index]!.notBefore <= now);
        assert.is(picked === undefined, ready.length === 0);
        if (picked === undefined) continue;
        const rank = (index: number): readonly number[] => [targets[index]!.priority, known[index]!.failures, known[index]!.lastFailureAt];
        const chosen = targets.indexOf(picked);
        assert.ok(ready.includes(chosen));
        for (const other of ready) assert.ok(isNotAfter(rank(chosen), rank(other)), `${rank(chosen)} after ${rank(other)}`);
      }
    }
  });
  fc.assert(property);
});

function isNotAfter(a: readonly number[], b: readonly number[]): boolean {
  const index = a.findIndex((value, at) => value !== b[at]);
  return index < 0 || a[index]! < b[index]!;
}

test("no address starves: where all fail, each is tried once before any is tried again", () => {
  const property = fc.property(fc.integer(), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 5 }), (seed, count, rounds) => {
    const { pool, time } = poolOf(seed);
    const targets = targetsOf(
      "ws://a.test",
      Array.from({ length: count }, (_, index) => (index % 3 === 0 ? `::${index + 1}` : `1.1.1.${index}`)),
    );
    for (let round = 0; round < rounds; round++) {
      const tried = new Set<DialTarget>();
      for (let turn = 0; turn < count; turn++) {
        const picked = pool.pick(targets)!;
        pool.failed(picked);
        tried.add(picked);
        time.clock.advance(7);
      }
      assert.is(tried.size, count);
    }
  });
  fc.assert(property);
});

test.run();
