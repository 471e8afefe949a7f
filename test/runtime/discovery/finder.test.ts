import { getEventListeners } from "node:events";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type EndpointInit, parseEndpointList } from "../../../runtime/discovery/endpoint-list.ts";
import { Finder, type FinderOptions, type FindOptions, type Found } from "../../../runtime/discovery/finder.ts";
import { discoveryOptionNames } from "../../../runtime/discovery/options.ts";
import { Resolver } from "../../../runtime/discovery/resolver.ts";
import type { DiscoveryStep } from "../../../runtime/discovery/step.ts";
import { EndError } from "../../../runtime/session/session-end.ts";
import type { Lookup } from "../../../runtime/transport/lookup.ts";
import { seededRandom, TestTime } from "../../support/channel/ends.ts";
import { type Behaviour, ScriptedAttempts } from "../../support/discovery/attempts.ts";

const test = suite("discovery/finder");

const down = new EndError("TRANSPORT_FAILED", "connection refused");
const wrongKey = new EndError("SERVER_KEY_MISMATCH", "another server");

const resolvingBy = (lookup: Lookup): Pick<FinderOptions, "resolution"> => ({
  resolution: (options) => new Resolver({ ...options, lookup }),
});

/** A finder, and what became of its last search. */
class World {
  readonly time: TestTime = new TestTime();
  readonly steps: DiscoveryStep[] = [];
  readonly behaviour: Record<string, Behaviour> = {};
  readonly attempts: ScriptedAttempts = new ScriptedAttempts(this.time.timers, this.behaviour);
  readonly finder: Finder;
  found: Found<string> | undefined;
  error: unknown;

  constructor(endpoints: readonly EndpointInit[], options: Partial<FinderOptions> = {}) {
    this.finder = new Finder({
      timers: this.time.timers,
      random: seededRandom(5),
      endpoints: parseEndpointList(endpoints),
      onStep: (step) => void this.steps.push(step),
      ...options,
    });
  }

  find(options: Partial<FindOptions<string>> = {}): void {
    this.found = undefined;
    this.error = undefined;
    this.finder.find({ attempt: this.attempts.attempt, discard() {}, retry: "always", ...options }).then(
      (found) => {
        this.found = found;
      },
      (error: unknown) => {
        this.error = error;
      },
    );
  }

  get waits(): number[] {
    return this.steps.flatMap((step) => (step.type === "waiting" ? [step.ms] : []));
  }
}

test("goes on round after round, waits longer and longer, and tells each step", async () => {
  const world = new World(["ws://127.0.0.1:1"]);
  world.behaviour["ws://127.0.0.1:1/"] = { afterMs: 10, error: down };
  world.find();
  await world.time.clock.settle(120_000);
  assert.is(world.error, undefined);
  assert.ok(world.attempts.started.length > 10, `${world.attempts.started.length} rounds`);
  for (const [index, ms] of world.waits.entries())
    assert.ok(ms >= 0 && ms <= Math.min(15_000, 250 * 2 ** index), `${ms} in round ${index}`);
  assert.ok(Math.max(...world.waits) > 5000);
  const message = "TRANSPORT_FAILED: connection refused";
  assert.equal(world.steps.slice(0, 3), [
    { type: "trying", url: "ws://127.0.0.1:1/", address: undefined },
    { type: "failed", url: "ws://127.0.0.1:1/", address: undefined, reason: "TRANSPORT_FAILED", message },
    { type: "waiting", ms: world.waits[0]! },
  ]);
  world.behaviour["ws://127.0.0.1:1/"] = { afterMs: 10 };
  await world.time.clock.settle(16_000);
  assert.is(world.found?.value, "ws://127.0.0.1:1/");
  assert.equal(world.steps.at(-1), { type: "found", url: "ws://127.0.0.1:1/", address: undefined });
  assert.is(world.time.clock.timers, 0);
});

test("resolves anew in each round", async () => {
  let answer = ["1.1.1.1"];
  const world = new World(
    ["ws://game.test"],
    resolvingBy(async () => answer),
  );
  world.behaviour["1.1.1.1"] = { afterMs: 0, error: down };
  world.behaviour["::2"] = { afterMs: 0 };
  world.find();
  await world.time.clock.settle(10);
  answer = ["::2"];
  await world.time.clock.settle(1000);
  assert.equal([world.found?.value, world.found?.target.address], ["::2", "::2"]);
  assert.equal(world.steps[0], { type: "resolving", url: "ws://game.test/" });
});

test("without retry there is one round, and its most telling failure", async () => {
  const world = new World([
    { url: "ws://127.0.0.1:1", priority: 0 },
    { url: "ws://127.0.0.1:2", priority: 1 },
  ]);
  world.behaviour["ws://127.0.0.1:1/"] = { afterMs: 0, error: wrongKey };
  world.behaviour["ws://127.0.0.1:2/"] = { afterMs: 0, error: down };
  world.find({ retry: "never" });
  await world.time.clock.settle(100);
  assert.is(world.error, wrongKey);

  world.behaviour["ws://127.0.0.1:1/"] = { afterMs: 0, error: down };
  const last = new EndError("HANDSHAKE_FAILED", "nonsense");
  world.behaviour["ws://127.0.0.1:2/"] = { afterMs: 0, error: last };
  world.find({ retry: "never" });
  await world.time.clock.settle(100);
  assert.is(world.error, last);
});

test("the search is over when every address fails for good, unless it is to go on always", async () => {
  const world = new World(["ws://127.0.0.1:1", "ws://127.0.0.1:2"]);
  world.behaviour["ws://127.0.0.1:1/"] = { afterMs: 0, error: wrongKey };
  world.behaviour["ws://127.0.0.1:2/"] = { afterMs: 0, error: down };
  world.find({ retry: "unless-final" });
  await world.time.clock.settle(5000);
  assert.is(world.error, undefined, "the other entrance may come back");
  world.behaviour["ws://127.0.0.1:2/"] = { afterMs: 0, error: wrongKey };
  await world.time.clock.settle(16_000);
  assert.is(world.error, wrongKey);

  world.find({ retry: "always" });
  await world.time.clock.settle(60_000);
  assert.is(world.error, undefined);
  world.behaviour["ws://127.0.0.1:2/"] = { afterMs: 0 };
  await world.time.clock.settle(16_000);
  assert.is(world.found?.value, "ws://127.0.0.1:2/");
});

test("an address that was only refused for a while is hope", async () => {
  const world = new World(["ws://127.0.0.1:1", "ws://127.0.0.1:2"]);
  world.behaviour["ws://127.0.0.1:1/"] = { afterMs: 0, error: wrongKey };
  world.behaviour["ws://127.0.0.1:2/"] = { afterMs: 0 };
  world.finder.pool.failed({ endpoint: world.finder.pool.endpoints[1]!.endpoint, address: undefined, priority: 0 }, 3000);
  world.find({ retry: "unless-final" });
  await world.time.clock.settle(2500);
  assert.is(world.error, undefined);
  await world.time.clock.settle(10_000);
  assert.is(world.found?.value, "ws://127.0.0.1:2/");
});

test("a name that does not resolve is no reason to give up", async () => {
  const world = new World(
    ["ws://game.test", "ws://127.0.0.1:1"],
    resolvingBy(async () => Promise.reject(new Error("ENOTFOUND"))),
  );
  world.behaviour["ws://127.0.0.1:1/"] = { afterMs: 0, error: wrongKey };
  world.find({ retry: "unless-final" });
  await world.time.clock.settle(20_000);
  assert.is(world.error, undefined);
  assert.ok(world.attempts.started.length > 3);
});

test("the timeout counts all rounds, and tells the last failure", async () => {
  const world = new World(["ws://127.0.0.1:1"]);
  world.behaviour["ws://127.0.0.1:1/"] = { afterMs: 10, error: down };
  world.find({ timeoutMs: 5000 });
  await world.time.clock.settle(4990);
  assert.is(world.error, undefined);
  await world.time.clock.settle(20);
  assert.ok(world.error instanceof EndError);
  assert.is(world.error.reason, "CONNECT_TIMEOUT");
  assert.match(
    world.error.message,
    /no session within 5000 ms \(connectTimeoutMs\); the last failure: TRANSPORT_FAILED: connection refused/,
  );

  const hanging = new World(["ws://127.0.0.1:1"]);
  hanging.find({ timeoutMs: 5000 });
  await hanging.time.clock.settle(5000);
  assert.match(String(hanging.error), /no session within 5000 ms/);
  assert.equal(hanging.attempts.open, []);
  assert.is(hanging.time.clock.timers, 0);
});

test("a signal ends an attempt and a wait", async () => {
  for (const behaviour of [{}, { afterMs: 0, error: down }]) {
    const world = new World(["ws://127.0.0.1:1"], { backoffBaseMs: 15_000 });
    world.behaviour["ws://127.0.0.1:1/"] = behaviour;
    const controller = new AbortController();
    world.find({ signal: controller.signal });
    await world.time.clock.settle(20);
    controller.abort("enough");
    await world.time.clock.settle(0);
    assert.is(world.error, "enough");
    assert.is(world.time.clock.timers, 0);
    assert.is(world.attempts.started.length, 1);
    assert.equal(getEventListeners(controller.signal, "abort"), []);
  }
});

test("a search of many rounds leaves nothing at the signal", async () => {
  const world = new World(["ws://127.0.0.1:1"]);
  world.behaviour["ws://127.0.0.1:1/"] = { afterMs: 10, error: down };
  const { signal } = new AbortController();
  world.find({ signal });
  await world.time.clock.settle(60_000);
  assert.ok(world.waits.length > 5);
  assert.ok(getEventListeners(signal, "abort").length <= 1);
  world.behaviour["ws://127.0.0.1:1/"] = { afterMs: 10 };
  await world.time.clock.settle(20_000);
  assert.ok(world.found);
  assert.equal(getEventListeners(signal, "abort"), []);
});

test("a refusal is waited out, also when the program asks for a retry", async () => {
  const world = new World(["ws://127.0.0.1:1"]);
  world.behaviour["ws://127.0.0.1:1/"] = { afterMs: 0, error: new EndError("OVERLOADED", "", 7000) };
  world.find();
  await world.time.clock.settle(100);
  assert.ok(world.waits[0]! >= 6990 && world.waits[0]! <= 7250, String(world.waits[0]));
  world.finder.retryNow();
  await world.time.clock.settle(6800);
  assert.is(world.attempts.started.length, 1);
  world.behaviour["ws://127.0.0.1:1/"] = { afterMs: 0 };
  await world.time.clock.settle(1000);
  assert.is(world.attempts.started.length, 2);
  assert.ok(world.attempts.started[1]!.at >= 7000);
  assert.ok(world.found);
});

test("a refusal of one address keeps nobody from the others", async () => {
  const world = new World(["ws://127.0.0.1:1", "ws://127.0.0.1:2"]);
  world.behaviour["ws://127.0.0.1:1/"] = { afterMs: 0, error: new EndError("OVERLOADED", "", 60_000) };
  world.behaviour["ws://127.0.0.1:2/"] = { afterMs: 0, error: down };
  world.find();
  await world.time.clock.settle(5000);
  assert.is(world.attempts.started.filter(({ name }) => name === "ws://127.0.0.1:1/").length, 1);
  assert.ok(world.attempts.started.filter(({ name }) => name === "ws://127.0.0.1:2/").length > 3);
});

test("all refused and no retry: that is what is told", async () => {
  const world = new World(["ws://127.0.0.1:1"]);
  world.behaviour["ws://127.0.0.1:1/"] = { afterMs: 0, error: new EndError("OVERLOADED", "", 7000) };
  world.find({ retry: "never" });
  await world.time.clock.settle(10);
  world.find({ retry: "never" });
  await world.time.clock.settle(0);
  assert.ok(world.error instanceof EndError && world.error.reason === "OVERLOADED");
  assert.ok(world.error.retryAfterMs! > 6900 && world.error.retryAfterMs! <= 7000);
  assert.is(world.attempts.started.length, 1);
});

test("a new list, and news of the network, end a wait", async () => {
  const world = new World(["ws://127.0.0.1:1"], { backoffBaseMs: 15_000 });
  world.behaviour["ws://127.0.0.1:1/"] = { afterMs: 0, error: down };
  world.behaviour["ws://127.0.0.1:2/"] = { afterMs: 0 };
  world.find();
  await world.time.clock.settle(10);
  assert.is(world.attempts.started.length, 1);
  world.finder.retryNow();
  await world.time.clock.settle(10);
  assert.is(world.attempts.started.length, 2);
  world.finder.replace(parseEndpointList(["ws://127.0.0.1:2"]));
  await world.time.clock.settle(10);
  assert.is(world.found?.value, "ws://127.0.0.1:2/");
});

test("after a good connection the search begins at once, and elsewhere", async () => {
  const world = new World(["ws://127.0.0.1:1", "ws://127.0.0.1:2"]);
  for (const url of ["ws://127.0.0.1:1/", "ws://127.0.0.1:2/"]) world.behaviour[url] = { afterMs: 0 };
  for (const [livedMs, useful] of [
    [10_000, false],
    [1, true],
  ] as const) {
    world.find();
    await world.time.clock.settle(10);
    const { target } = world.found!;
    world.finder.lost({ target, livedMs, useful });
    world.find();
    await world.time.clock.settle(10);
    assert.is.not(world.found!.target.endpoint.url, target.endpoint.url);
  }
  assert.equal(world.waits, []);
});

test("a server that accepts and fails is not asked without pause", async () => {
  const world = new World(["ws://127.0.0.1:1"]);
  world.behaviour["ws://127.0.0.1:1/"] = { afterMs: 0 };
  for (let round = 0; round < 8; round++) {
    world.find();
    await world.time.clock.settle(20_000);
    world.finder.lost({ target: world.found!.target, livedMs: 100, useful: false });
  }
  assert.is(world.waits.length, 7);
  assert.ok(Math.max(...world.waits) > 2000);
  world.find();
  await world.time.clock.settle(20_000);
  assert.is(world.waits.length, 8);
  world.find();
  await world.time.clock.settle(20_000);
  assert.is(world.waits.length, 8, "one wait for each failure");
  world.finder.lost({ target: world.found!.target, livedMs: 100, useful: false, retryAfterMs: 30_000 });
  const at = world.time.timers.now();
  world.find();
  await world.time.clock.settle(60_000);
  assert.ok(world.attempts.started.at(-1)!.at - at >= 30_000, "what the server asked for holds here as well");
});

test("the names of the options are all there", () => {
  assert.is(new Set(discoveryOptionNames).size, 7);
});

test.run();
