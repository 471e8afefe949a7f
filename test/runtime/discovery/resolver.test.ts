import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseEndpointList } from "../../../runtime/discovery/endpoint-list.ts";
import { type Resolution, unresolved } from "../../../runtime/discovery/resolution.ts";
import { KNOWN_AFTER_MS, MAX_ADDRESSES, MAX_KNOWN_NAMES, Resolver } from "../../../runtime/discovery/resolver.ts";
import type { DiscoveryStep } from "../../../runtime/discovery/step.ts";
import type { Lookup } from "../../../runtime/transport/lookup.ts";
import { TestTime } from "../../support/channel/ends.ts";

const test = suite("discovery/resolver");

/** A resolver whose lookups a test answers, and what it told. */
class World {
  readonly time: TestTime = new TestTime();
  readonly steps: DiscoveryStep[] = [];
  readonly asked: string[] = [];
  answer: Lookup = () => new Promise(() => {});
  readonly resolution: Resolution;

  constructor(resolution?: Resolution) {
    const lookup: Lookup = (host) => {
      this.asked.push(host);
      return this.answer(host);
    };
    this.resolution = resolution ?? new Resolver({ timers: this.time.timers, lookup, onStep: (step) => void this.steps.push(step) });
  }

  /** What comes of `url`, in order: addresses, then `done` or the failure's message. */
  resolve(url: string): { readonly told: string[]; readonly cancel: () => void } {
    const told: string[] = [];
    const cancel = this.resolution.resolve(parseEndpointList([{ url, priority: 7 }])[0]!, {
      found: (targets) => {
        for (const { endpoint, address, priority } of targets) {
          assert.is(priority, 7);
          told.push(address ?? endpoint.url);
        }
      },
      done: (failure) => void told.push(failure?.message ?? "done"),
    });
    return { told, cancel };
  }
}

test("what is an address already, or has none, is there at once", () => {
  const world = new World();
  const told = ["ws://127.0.0.1:1/x", "ws://[::1]:1", "memory:lobby"].map((url) => world.resolve(url).told);
  assert.equal(told, [
    ["ws://127.0.0.1:1/x", "done"],
    ["ws://[::1]:1/", "done"],
    ["memory:lobby", "done"],
  ]);
  assert.equal([world.asked, world.steps], [[], []]);
  assert.is(world.time.clock.timers, 0);
});

test("where the platform resolves, the name itself is what to try", () => {
  const world = new World(unresolved);
  assert.equal(world.resolve("wss://game.test").told, ["wss://game.test/", "done"]);
  assert.equal(world.steps, []);
});

test("a name becomes its addresses, interleaved and each once", async () => {
  const world = new World();
  world.answer = async () => ["1.1.1.1", "2.2.2.2", "::1", "1.1.1.1"];
  const { told } = world.resolve("ws://game.test:7000");
  assert.equal(world.steps, [{ type: "resolving", url: "ws://game.test:7000/" }]);
  await world.time.clock.settle(0);
  assert.equal(told, ["::1", "1.1.1.1", "2.2.2.2", "done"]);
  assert.equal(world.asked, ["game.test"]);
  assert.is(world.time.clock.timers, 0);
});

test("of many addresses the first are taken, of both families", async () => {
  const world = new World();
  world.answer = async () => [...Array.from({ length: 1000 }, (_, index) => `::${index.toString(16)}`), "1.1.1.1"];
  const { told } = world.resolve("ws://game.test");
  await world.time.clock.settle(0);
  assert.is(told.length, MAX_ADDRESSES + 1);
  assert.ok(told.includes("1.1.1.1"));
});

test("says why a name has no address", async () => {
  const world = new World();
  const failures: [Lookup, RegExp][] = [
    [
      async () => Promise.reject(new Error("getaddrinfo ENOTFOUND game.test")),
      /^TRANSPORT_FAILED: game\.test does not resolve: .*ENOTFOUND/,
    ],
    [async () => [], /game\.test does not resolve: it has no address/],
    [async () => ["not-an-address.test"], /it has no address/],
    [
      () => {
        throw new Error("thrown at once");
      },
      /thrown at once/,
    ],
  ];
  for (const [answer, message] of failures) {
    world.answer = answer;
    const { told } = world.resolve("ws://game.test");
    await world.time.clock.settle(0);
    assert.is(told.length, 1);
    assert.match(told[0]!, message);
  }
});

test("a lookup that takes too long counts as failed", async () => {
  const world = new World();
  const { told } = world.resolve("ws://game.test");
  await world.time.clock.settle(9_999);
  assert.equal(told, []);
  await world.time.clock.settle(1);
  assert.equal(told, ["TRANSPORT_FAILED: game.test does not resolve: no answer within 10000 ms (lookupTimeoutMs)"]);
});

test("the addresses of the last time are used when the name does not resolve, and while it takes long", async () => {
  const world = new World();
  world.answer = async () => ["1.1.1.1"];
  world.resolve("ws://game.test");
  await world.time.clock.settle(0);

  world.answer = async () => Promise.reject(new Error("the network is down"));
  const failing = world.resolve("ws://game.test");
  await world.time.clock.settle(0);
  assert.equal(failing.told, ["1.1.1.1", "TRANSPORT_FAILED: game.test does not resolve: the network is down"]);

  let answer: ((addresses: string[]) => void) | undefined;
  world.answer = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  const slow = world.resolve("wss://game.test");
  await world.time.clock.settle(KNOWN_AFTER_MS - 10);
  assert.equal(slow.told, []);
  await world.time.clock.settle(10);
  assert.equal(slow.told, ["1.1.1.1"]);
  answer!(["2.2.2.2"]);
  await world.time.clock.settle(0);
  assert.equal(slow.told, ["1.1.1.1", "2.2.2.2", "done"]);
});

test("one lookup of a name at a time, also when one asker gave up", async () => {
  const world = new World();
  let answer: ((addresses: string[]) => void) | undefined;
  world.answer = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  const first = world.resolve("ws://game.test");
  const second = world.resolve("wss://game.test");
  first.cancel();
  assert.equal(world.asked, ["game.test"]);
  answer!(["1.1.1.1"]);
  await world.time.clock.settle(20_000);
  assert.equal(first.told, []);
  assert.equal(second.told, ["1.1.1.1", "done"]);
  world.resolve("ws://game.test").cancel();
  assert.equal(world.asked, ["game.test", "game.test"]);
  assert.is(world.time.clock.timers, 0);
});

test("who gave up hears of no failure either", async () => {
  const world = new World();
  world.answer = async () => Promise.reject(new Error("down"));
  const { told, cancel } = world.resolve("ws://game.test");
  cancel();
  await world.time.clock.settle(20_000);
  assert.equal(told, []);
});

test("names that come and go do not fill the memory", async () => {
  const world = new World();
  world.answer = async () => ["1.1.1.1"];
  for (let index = 0; index <= MAX_KNOWN_NAMES; index++) world.resolve(`ws://h${index}.test`);
  await world.time.clock.settle(0);
  world.answer = async () => Promise.reject(new Error("down"));
  const [oldest, newest] = [world.resolve("ws://h0.test"), world.resolve(`ws://h${MAX_KNOWN_NAMES}.test`)];
  await world.time.clock.settle(0);
  assert.is(oldest.told.length, 1);
  assert.is(newest.told[0], "1.1.1.1");
});

test.run();
