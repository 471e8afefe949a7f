import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ResolutionEvents } from "../../../runtime/discovery/resolution.ts";
import { EndError } from "../../../runtime/session/session-end.ts";
import { RaceWorld, sourceOf, targetsOf } from "../../support/discovery/world.ts";

const test = suite("discovery/race");

const refused = (retryAfterMs?: number): EndError => new EndError("OVERLOADED", "later", retryAfterMs);
const failed = new EndError("TRANSPORT_FAILED", "connection refused");
const wrongKey = new EndError("SERVER_KEY_MISMATCH", "another server");

test("attempts start 250 ms apart, and the first that is won ends the others", async () => {
  const world = new RaceWorld({ "2.2.2.2": { afterMs: 100 } });
  world.race([sourceOf(targetsOf("ws://a.test", ["::1", "2.2.2.2", "::3"]))]);
  await world.time.clock.settle(340);
  assert.equal(world.result, undefined);
  await world.time.clock.settle(10);
  const [first, second, third] = world.attempts.order;
  assert.is(first?.[1], 0);
  assert.is(first?.[0].includes(":"), true);
  assert.equal(second, ["2.2.2.2", 250]);
  assert.is(third, undefined);
  assert.equal(world.result?.type === "won" && [world.result.value, world.result.target.address], ["2.2.2.2", "2.2.2.2"]);
  assert.equal(world.attempts.open, []);
  assert.is(world.attempts.started[0]!.signal.aborted, true);
  assert.is(world.attempts.started[1]!.signal.aborted, false, "the winner is not given up");
  assert.is(world.time.clock.timers, 0);
  assert.equal(
    world.steps.map(({ type }) => type),
    ["trying", "trying", "found"],
  );
});

test("when the latest attempt fails, the next starts at once; when an older one fails, it has been followed already", async () => {
  const world = new RaceWorld({ "::1": { afterMs: 300, error: failed }, "2.2.2.2": { afterMs: 100, error: failed } });
  world.race([sourceOf(targetsOf("ws://a.test", ["::1"], 0)), sourceOf(targetsOf("ws://b.test", ["2.2.2.2"], 1))]);
  await world.time.clock.settle(1000);
  const [first] = world.attempts.order;
  assert.equal(first, ["::1", 0]);
  assert.equal(world.attempts.order[1], ["2.2.2.2", 250]);

  const other = new RaceWorld({ "1.1.1.1": { afterMs: 20, error: failed }, "2.2.2.2": { afterMs: 340, error: failed } });
  const sources = ["1.1.1.1", "2.2.2.2", "3.3.3.3", "4.4.4.4"].map((address, priority) =>
    sourceOf(targetsOf(`ws://h${priority}.test`, [address], priority)),
  );
  other.race(sources);
  await other.time.clock.settle(1000);
  assert.equal(other.attempts.order, [
    ["1.1.1.1", 0],
    ["2.2.2.2", 20],
    ["3.3.3.3", 270],
    ["4.4.4.4", 520],
  ]);
});

test("a lost race tells every failure, and when something may be tried again", async () => {
  const world = new RaceWorld({ "1.1.1.1": { afterMs: 0, error: refused(4000) }, "2.2.2.2": { afterMs: 1000, error: failed } });
  const [first, second] = [targetsOf("ws://a.test", ["1.1.1.1"], 0), targetsOf("ws://b.test", ["2.2.2.2"], 1)];
  world.race([sourceOf(first), sourceOf(second)]);
  await world.time.clock.settle(900);
  assert.is(world.result, undefined);
  await world.time.clock.settle(200);
  assert.equal(world.result, { type: "lost", failures: [refused(4000), failed], exhausted: true, readyInMs: 0 });
  assert.equal(world.steps, [
    { type: "trying", url: "ws://a.test/", address: "1.1.1.1" },
    { type: "failed", url: "ws://a.test/", address: "1.1.1.1", reason: "OVERLOADED", message: "OVERLOADED: later" },
    { type: "trying", url: "ws://b.test/", address: "2.2.2.2" },
    {
      type: "failed",
      url: "ws://b.test/",
      address: "2.2.2.2",
      reason: "TRANSPORT_FAILED",
      message: "TRANSPORT_FAILED: connection refused",
    },
  ]);

  const both = new RaceWorld({ "1.1.1.1": { afterMs: 0, error: refused(4000) }, "2.2.2.2": { afterMs: 1000, error: refused(9000) } });
  both.race([sourceOf(first), sourceOf(second)]);
  await both.time.clock.settle(1100);
  const readyInMs = both.result?.type === "lost" ? both.result.readyInMs : 0;
  assert.ok(Math.abs(readyInMs - 3000) <= 20, String(readyInMs));
});

test("what was refused earlier is left out, or waited for while something else is under way", async () => {
  const alone = new RaceWorld({});
  const [one, two] = targetsOf("ws://a.test", ["1.1.1.1", "2.2.2.2"]);
  alone.pool.failed(one!, 5000);
  alone.race([sourceOf([one!])]);
  await alone.time.clock.settle(0);
  assert.equal(alone.result, { type: "lost", failures: [], exhausted: false, readyInMs: 5000 });
  assert.equal(alone.attempts.order, []);

  const beside = new RaceWorld({ "1.1.1.1": { afterMs: 0 } });
  beside.pool.failed(one!, 5000);
  beside.race([sourceOf([one!, two!])]);
  await beside.time.clock.settle(5010);
  assert.equal(beside.attempts.order, [
    ["2.2.2.2", 0],
    ["1.1.1.1", 5000],
  ]);
  assert.is(beside.result?.type, "won");
});

test("a wrong key at one address ends nothing: another may be right", async () => {
  const world = new RaceWorld({ "::1": { afterMs: 0, error: wrongKey }, "2.2.2.2": { afterMs: 50 } });
  world.race([sourceOf(targetsOf("ws://a.test", ["::1", "2.2.2.2"]))]);
  await world.time.clock.settle(100);
  assert.is(world.result?.type, "won");
});

test("what an attempt throws that is the program's mistake is told as it is", async () => {
  const mistake = new TypeError("pass the `memory` network");
  const world = new RaceWorld({ "::1": { afterMs: 0, error: mistake } });
  world.race([sourceOf(targetsOf("ws://a.test", ["::1", "2.2.2.2"]))]);
  await world.time.clock.settle(0);
  await world.time.clock.settle(300);
  assert.is(world.error, mistake);
  assert.equal(world.attempts.open, []);

  const plain = new RaceWorld({ "::1": { afterMs: 0, error: new Error("connect ECONNREFUSED") } });
  plain.race([sourceOf(targetsOf("ws://a.test", ["::1"]))]);
  await plain.time.clock.settle(1);
  assert.is(plain.result?.type === "lost" && plain.result.failures[0]?.message, "TRANSPORT_FAILED: connect ECONNREFUSED");
});

test("an attempt that hangs is given up after a while, and what it still comes to is discarded", async () => {
  const world = new RaceWorld({ "::1": { afterMs: 12_000, stubborn: true } });
  world.race([sourceOf(targetsOf("ws://a.test", ["::1"]))]);
  await world.time.clock.settle(9_999);
  assert.is(world.result, undefined);
  await world.time.clock.settle(1);
  assert.is(world.result?.type === "lost" && world.result.failures[0]?.reason, "CONNECT_TIMEOUT");
  assert.is(world.attempts.started[0]!.signal.aborted, true);
  assert.equal(world.discarded, []);
  await world.time.clock.settle(5_000);
  assert.equal(world.discarded, ["::1"]);
});

test("a loser that gets there all the same is discarded", async () => {
  const world = new RaceWorld({ "::1": { afterMs: 280, stubborn: true }, "2.2.2.2": { afterMs: 10 } });
  world.race([sourceOf(targetsOf("ws://a.test", ["::1", "2.2.2.2"]))]);
  await world.time.clock.settle(1000);
  assert.is(world.result?.type === "won" && world.result.value, "2.2.2.2");
  assert.equal(world.discarded, ["::1"]);
});

test("no more attempts at a time than allowed", async () => {
  const world = new RaceWorld(() => ({ afterMs: 3000, error: failed }));
  world.race([sourceOf(targetsOf("ws://a.test", ["::1", "::2", "::3", "::4", "::5"]))], { maxConcurrent: 2 });
  await world.time.clock.settle(20_000);
  assert.is(world.attempts.most, 2);
  assert.equal(
    world.attempts.order.map(([, at]) => at),
    [0, 250, 3000, 3250, 6000],
  );

  const hanging = new RaceWorld({});
  hanging.race([sourceOf(targetsOf("ws://a.test", ["::1", "::2", "::3"]))], { maxConcurrent: 1, attemptTimeoutMs: 1000 });
  await hanging.time.clock.settle(20_000);
  assert.equal([hanging.attempts.most, hanging.attempts.started.length], [1, 3], "one that timed out is gone before the next starts");
});

test("at the deadline everything is given up and counts as failed", async () => {
  const world = new RaceWorld({});
  const targets = targetsOf("ws://a.test", ["::1", "2.2.2.2", "::3", "4.4.4.4"]);
  world.race([sourceOf(targets)], { deadlineMs: 600 });
  await world.time.clock.settle(600);
  assert.is(world.result?.type === "timeout" && world.result.failures.length, 3);
  assert.equal(world.attempts.open, []);
  assert.is(targets.filter((target) => world.pool.history(target).failures === 1).length, 3);
  assert.is(world.time.clock.timers, 0);
});

test("a signal ends the race with its reason, at any time", async () => {
  const world = new RaceWorld({});
  const controller = new AbortController();
  world.race([sourceOf(targetsOf("ws://a.test", ["::1", "2.2.2.2"]))], { signal: controller.signal });
  await world.time.clock.settle(300);
  controller.abort("enough");
  await world.time.clock.settle(10_000);
  assert.is(world.error, "enough");
  assert.is(world.attempts.started.length, 2);
  assert.equal(world.attempts.open, []);
  assert.is(world.time.clock.timers, 0);

  const before = new RaceWorld({});
  before.race([sourceOf(targetsOf("ws://a.test", ["::1"]))], { signal: controller.signal });
  await before.time.clock.settle(0);
  assert.equal([before.error, before.attempts.order], ["enough", []]);

  const within = new RaceWorld({});
  const fromStep = new AbortController();
  const onStep = (): void => fromStep.abort("enough from a step");
  within.race([sourceOf(targetsOf("ws://a.test", ["::1"]))], { signal: fromStep.signal, onStep });
  await within.time.clock.settle(0);
  assert.equal([within.error, within.attempts.order], ["enough from a step", []]);
});

test("who had a head start and was overtaken comes later the next time", async () => {
  const world = new RaceWorld({ "2.2.2.2": { afterMs: 10 }, "3.3.3.3": { afterMs: 10 } });
  const [six, four] = targetsOf("ws://a.test", ["::1", "2.2.2.2"]);
  world.race([sourceOf([six!, four!])]);
  await world.time.clock.settle(300);
  assert.equal([world.pool.history(six!).failures, world.pool.history(four!).failures], [1, 0]);
  world.race([sourceOf([six!, four!])]);
  await world.time.clock.settle(300);
  assert.equal(world.attempts.order[2], ["2.2.2.2", 300]);
  assert.is(world.attempts.started.length, 3);
});

/** A source that a test feeds. */
function fedSource(url: string, priority: number) {
  let events: ResolutionEvents | undefined;
  const state = { closed: false };
  const source = {
    url,
    priority,
    open: (given: ResolutionEvents) => {
      events = given;
      return () => {
        state.closed = true;
      };
    },
  };
  return { source, state, events: (): ResolutionEvents => events! };
}

test("a name that is being resolved holds up what comes after it by one delay, and what is its equal not at all", async () => {
  for (const [priority, at] of [
    [0, 0],
    [1, 250],
  ] as const) {
    const world = new RaceWorld({});
    const slow = fedSource("ws://slow.test/", 0);
    world.race([slow.source, sourceOf(targetsOf("ws://b.test", ["2.2.2.2"], priority))]);
    await world.time.clock.settle(400);
    assert.equal(world.attempts.order, [["2.2.2.2", at]]);
    slow.events().found(targetsOf("ws://slow.test", ["::1"], 0));
    await world.time.clock.settle(1000);
    assert.equal(world.attempts.order[1], ["::1", Math.max(at + 250, 400)]);
  }
});

test("a name that resolves in time comes first", async () => {
  const world = new RaceWorld({});
  const slow = fedSource("ws://slow.test/", 0);
  world.race([slow.source, sourceOf(targetsOf("ws://b.test", ["2.2.2.2"], 1))]);
  await world.time.clock.settle(100);
  slow.events().found(targetsOf("ws://slow.test", ["::1"], 0));
  slow.events().done();
  await world.time.clock.settle(1000);
  assert.equal(world.attempts.order, [
    ["::1", 100],
    ["2.2.2.2", 350],
  ]);
});

test("addresses that are told again are not tried again", async () => {
  const world = new RaceWorld(() => ({ afterMs: 10, error: failed }));
  const { source, events } = fedSource("ws://a.test/", 0);
  world.race([source]);
  events().found(targetsOf("ws://a.test", ["::1"]));
  await world.time.clock.settle(20);
  events().found(targetsOf("ws://a.test", ["::1", "::2"]));
  await world.time.clock.settle(20);
  assert.is(world.result, undefined, "the name may still bring more");
  events().done();
  await world.time.clock.settle(0);
  assert.is(world.result?.type, "lost");
  assert.equal(
    world.attempts.order.map(([name]) => name),
    ["::1", "::2"],
  );
});

test("a name without addresses is a failure that another round may mend", async () => {
  const world = new RaceWorld({ "::1": { afterMs: 0, error: refused(60_000) } });
  const { source, state, events } = fedSource("ws://gone.test/", 0);
  world.race([source, sourceOf(targetsOf("ws://a.test", ["::1"]))]);
  events().done(new EndError("TRANSPORT_FAILED", "gone.test does not resolve"));
  await world.time.clock.settle(10);
  assert.is(world.result?.type === "lost" && world.result.readyInMs, 0);
  assert.is(world.result?.type === "lost" && world.result.failures.length, 2);
  assert.is(state.closed, true);
  assert.equal(
    world.steps.at(-2)?.type === "failed" || world.steps.some((step) => step.type === "failed" && step.address === undefined),
    true,
  );
  events().found(targetsOf("ws://gone.test", ["::9"]));
  events().done();
  await world.time.clock.settle(10);
  assert.is(world.attempts.started.length, 1, "what comes after the end is ignored");
});

test.run();
