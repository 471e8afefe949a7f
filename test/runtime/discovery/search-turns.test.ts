import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseEndpointList } from "../../../runtime/discovery/endpoint-list.ts";
import { SearchTurns } from "../../../runtime/discovery/search-turns.ts";
import { ManualClock } from "../../../runtime/time/manual-clock.ts";
import { timersOf } from "../../../runtime/time/timers-of.ts";

const test = suite("discovery/search-turns");

const UNDER_WAY = 256;
const PER_TURN = 16;

/** Searches of one process. */
class Crowd {
  readonly clock: ManualClock = new ManualClock();
  /** What ends each of those whose turn has come, in that order. */
  readonly begun: { readonly who: string; readonly done: () => void }[] = [];
  readonly #ends: (() => void)[] = [];
  readonly #turns: SearchTurns = new SearchTurns(timersOf(this.clock), (run) => this.#ends.push(run));

  want(who: string, { url = "ws://game.example", timeoutMs = Number.POSITIVE_INFINITY, signal }: Wish = {}): boolean {
    const turn = this.#turns.take(parseEndpointList([url]), timeoutMs, signal);
    void turn?.then((done) => this.begun.push({ who, done }));
    return turn !== undefined;
  }

  /** One turn of the event loop. */
  async turn(): Promise<void> {
    for (const run of this.#ends.splice(0)) run();
    await this.clock.settle(0);
  }

  async turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn++) await this.turn();
  }
}

interface Wish {
  readonly url?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

test("of many searches that are wanted at once a few begin in each turn", async () => {
  const crowd = new Crowd();
  for (let who = 0; who < 40; who++) crowd.want(`${who}`);
  await crowd.turn();
  assert.is(crowd.begun.length, PER_TURN);
  await crowd.turns(2);
  assert.equal(
    crowd.begun.map(({ who }) => who),
    Array.from({ length: 40 }, (_, who) => `${who}`),
  );
});

test("no more than so many are under way for one server: the next begins when one is done, in the order in which they came", async () => {
  const crowd = new Crowd();
  for (let who = 0; who < UNDER_WAY + 3; who++) crowd.want(`${who}`);
  await crowd.turns(UNDER_WAY);
  assert.is(crowd.begun.length, UNDER_WAY);
  crowd.begun[7]!.done();
  crowd.begun[3]!.done();
  await crowd.turn();
  assert.equal(
    crowd.begun.slice(UNDER_WAY).map(({ who }) => who),
    [`${UNDER_WAY}`, `${UNDER_WAY + 1}`],
  );
});

test("a line that was empty for a while goes on in order, whoever left it meanwhile", async () => {
  const crowd = new Crowd();
  for (let who = 0; who < UNDER_WAY; who++) crowd.want(`${who}`);
  await crowd.turns(UNDER_WAY);
  for (const round of ["first", "second"]) {
    const controller = new AbortController();
    const before = crowd.begun.length;
    crowd.want(`${round} 1`, { signal: controller.signal });
    for (const place of [2, 3, 4]) crowd.want(`${round} ${place}`);
    controller.abort();
    await crowd.clock.settle(0);
    // The last of them finds nobody behind.
    for (const { done } of crowd.begun.splice(0, 4)) done();
    await crowd.turns(2);
    assert.equal(
      crowd.begun.slice(before - 4).map(({ who }) => who),
      [`${round} 1`, `${round} 2`, `${round} 3`, `${round} 4`],
    );
    // Its place was nobody's.
    crowd.begun.splice(before - 4, 1);
    crowd.want(`${round} 5`);
    await crowd.turns(2);
  }
});

test("those who want another server do not wait for that", async () => {
  const crowd = new Crowd();
  for (let who = 0; who < UNDER_WAY + 1; who++) crowd.want(`${who}`);
  await crowd.turns(UNDER_WAY);
  crowd.want("other", { url: "tcp://other.example:7000" });
  await crowd.turn();
  assert.is(crowd.begun.at(-1)!.who, "other");
});

test("one that is not wanted any more is told so at once, takes nobody's turn, and its place is another's", async () => {
  const crowd = new Crowd();
  const controller = new AbortController();
  const { signal } = controller;
  for (let who = 0; who < UNDER_WAY; who++) crowd.want(`${who}`);
  crowd.want("given up", { signal });
  crowd.want("late", { timeoutMs: 1_000 });
  crowd.want("next");
  await crowd.turns(UNDER_WAY);
  controller.abort();
  await crowd.clock.settle(0);
  assert.is(crowd.begun.at(-1)!.who, "given up");
  await crowd.clock.settle(1_500);
  assert.is(crowd.begun.at(-1)!.who, "late");
  for (const { who, done } of crowd.begun.splice(0)) if (who === "given up" || who === "late" || who === "0") done();
  await crowd.turns(2);
  assert.equal(
    crowd.begun.map(({ who }) => who),
    ["next"],
  );
});

test("one that is given up between its turn and its beginning leaves its place when it is done", async () => {
  const crowd = new Crowd();
  const controller = new AbortController();
  crowd.want("given up", { signal: controller.signal });
  for (let who = 1; who < UNDER_WAY + 1; who++) crowd.want(`${who}`);
  controller.abort();
  await crowd.turns(UNDER_WAY);
  assert.is(crowd.begun.length, UNDER_WAY);
  crowd.begun[0]!.done();
  await crowd.turn();
  assert.is(crowd.begun.length, UNDER_WAY + 1);
});

test("nothing waits that reaches nobody else's server, or is over already", () => {
  const crowd = new Crowd();
  assert.is(crowd.want("memory", { url: "memory:lobby" }), false);
  assert.is(crowd.want("over", { signal: AbortSignal.abort() }), false);
});

test.run();
