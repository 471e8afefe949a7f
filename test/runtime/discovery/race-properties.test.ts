import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { EndError } from "../../../runtime/session/session-end.ts";
import type { Behaviour } from "../../support/discovery/attempts.ts";
import { RaceWorld, sourceOf, targetsOf } from "../../support/discovery/world.ts";

export const testTimeoutMs = 60_000;

const test = suite("discovery/race-properties");

const ATTEMPT_DELAY_MS = 250;
const ATTEMPT_TIMEOUT_MS = 3000;
/** By which the timer wheel may be late, and a millisecond for what settles at the same time. */
const LATENESS_MS = 11;

const entrance = fc.record({
  priority: fc.nat(2),
  six: fc.boolean(),
  end: fc.constantFrom("win", "fail", "final", "refuse", "hang"),
  afterMs: fc.nat(4000),
  stubborn: fc.boolean(),
});
const setting = fc.record({
  seed: fc.integer(),
  entrances: fc.array(entrance, { minLength: 1, maxLength: 12 }),
  maxConcurrent: fc.integer({ min: 1, max: 5 }),
  deadlineMs: fc.option(fc.integer({ min: 100, max: 10_000 }), { nil: Number.POSITIVE_INFINITY }),
  abortAtMs: fc.option(fc.nat(5000), { nil: undefined, freq: 10 }),
});
type Entrance = (typeof entrance extends fc.Arbitrary<infer T> ? T : never) & {};

const errors = {
  fail: new EndError("TRANSPORT_FAILED", "refused"),
  final: new EndError("SERVER_KEY_MISMATCH", "another server"),
  refuse: new EndError("OVERLOADED", "later", 5000),
};

function behaviourOf({ end, afterMs, stubborn }: Entrance): Behaviour {
  if (end === "hang") return { stubborn: false };
  return end === "win" ? { afterMs, stubborn } : { afterMs, stubborn, error: errors[end] };
}

test("whatever the entrances do, a race keeps its promises", async () => {
  const property = fc.asyncProperty(setting, async ({ seed, entrances, maxConcurrent, deadlineMs, abortAtMs }) => {
    const addresses = entrances.map(({ six }, index) => (six ? `::${index + 1}` : `1.1.1.${index + 1}`));
    const world = new RaceWorld((name) => behaviourOf(entrances[addresses.indexOf(name)]!), seed);
    const { attempts, time } = world;
    const targets = entrances.map(({ priority }, index) => targetsOf(`ws://h${index}.test`, [addresses[index]!], priority)[0]!);
    const controller = new AbortController();
    if (abortAtMs !== undefined) time.timers.after(abortAtMs, () => controller.abort("enough"));
    const options = { maxConcurrent, deadlineMs, attemptTimeoutMs: ATTEMPT_TIMEOUT_MS, signal: controller.signal };
    world.race(
      targets.map((target) => sourceOf([target])),
      options,
    );
    await time.clock.settle(60_000);

    // It ends, with exactly one result, and nothing is left: no attempt, no timer.
    assert.ok((world.result === undefined) !== (world.error === undefined));
    assert.equal(attempts.open, []);
    assert.is(time.clock.timers, 0);
    // Never more at a time than allowed, none twice, by priority, and not faster than the delay but after a failure.
    assert.ok(attempts.most <= maxConcurrent);
    assert.is(new Set(attempts.started.map(({ name }) => name)).size, attempts.started.length);
    for (const [index, { target, at }] of attempts.started.entries()) {
      const before = attempts.started[index - 1];
      if (before === undefined) continue;
      assert.ok(before.target.priority <= target.priority);
      const { end, afterMs } = entrances[addresses.indexOf(before.name)]!;
      const failedAfterMs = end === "hang" || end === "win" ? ATTEMPT_TIMEOUT_MS : Math.min(afterMs, ATTEMPT_TIMEOUT_MS);
      assert.ok(at - before.at >= Math.min(ATTEMPT_DELAY_MS, failedAfterMs));
    }
    const winners = attempts.started.filter(({ name, settled }) => settled === "won" && !world.discarded.includes(name));
    if (world.result?.type === "won") {
      // One winner; whatever else was under way was aborted, and what came of it was discarded.
      assert.equal(
        winners.map(({ name }) => name),
        [world.result.value],
      );
      assert.is(winners[0]!.signal.aborted, false);
      for (const loser of attempts.started) if (loser !== winners[0]) assert.ok(loser.signal.aborted || loser.settled === "failed");
      assert.is(world.pool.history(world.result.target).failures, 0);
    } else assert.equal(winners, []);
    // Nothing is given up while something is untried.
    if (world.result?.type === "lost") {
      assert.is(attempts.started.length, entrances.length);
      assert.is(world.result.failures.length, entrances.length);
    }
    if (world.result?.type === "timeout") assert.ok(Number.isFinite(deadlineMs));
    if (world.error !== undefined) assert.is(world.error, "enough");
  });
  await fc.assert(property, { numRuns: 150 });
});

test("who answers is found, however many others hang", async () => {
  const property = fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 16 }), fc.nat(15), async (seed, count, at) => {
    const addresses = Array.from({ length: count }, (_, index) => `::${index + 1}`);
    const well = addresses[at % count]!;
    const world = new RaceWorld((name) => (name === well ? { afterMs: 50 } : undefined), seed);
    world.race([sourceOf(targetsOf("ws://a.test", addresses))], { maxConcurrent: count });
    await world.time.clock.settle((count - 1) * (ATTEMPT_DELAY_MS + LATENESS_MS) + 50 + LATENESS_MS);
    assert.is(world.result?.type === "won" && world.result.value, well);
  });
  await fc.assert(property, { numRuns: 60 });
});

test.run();
