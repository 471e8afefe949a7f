import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Liveness, MIN_PROBE_MS } from "../../../runtime/session/liveness.ts";
import { PROBES_PER_TURN, ProbeTurns } from "../../../runtime/session/probe-turns.ts";
import { TestTime } from "../../support/channel/ends.ts";

/** The ends of turns, one at a time. */
class Turns {
  #waiting: (() => void)[] = [];
  readonly endOfTurn = (run: () => void): void => void this.#waiting.push(run);

  get pending(): number {
    return this.#waiting.length;
  }

  end(): void {
    for (const run of this.#waiting.splice(0)) run();
  }
}

const test = suite("session/probe-turns");

test("of many silent peers a few are probed in each turn, in the order in which they fell silent", () => {
  const turns = new Turns();
  const probes = new ProbeTurns(turns.endOfTurn);
  const probed: number[] = [];
  const all = Array.from({ length: 2 * PROBES_PER_TURN + 1 }, (_, index) => index);
  for (const index of all) probes.add(() => probed.push(index) > 0);
  for (const expected of [0, PROBES_PER_TURN, 2 * PROBES_PER_TURN, 2 * PROBES_PER_TURN + 1]) {
    assert.equal(probed, all.slice(0, expected));
    turns.end();
  }
  assert.is(turns.pending, 0);
  probes.add(() => probed.push(-1) > 0);
  turns.end();
  assert.is(probed.at(-1), -1);
});

test("peers that were heard meanwhile count for nothing: all of them are passed in one turn", () => {
  const turns = new Turns();
  const probes = new ProbeTurns(turns.endOfTurn);
  let looks = 0;
  for (let count = 0; count < 10_000; count++) probes.add(() => ++looks < 0);
  turns.end();
  assert.is(looks, 10_000);
  assert.is(turns.pending, 0);
});

test("one that throws, and one that comes meanwhile, do not take the others with them", () => {
  const turns = new Turns();
  const probes = new ProbeTurns(turns.endOfTurn);
  const looked: string[] = [];
  const looker =
    (name: string, look = (): void => {}) =>
    () => {
      looked.push(name);
      look();
      return true;
    };
  const fails = (): void => {
    throw new Error("a bug");
  };
  probes.add(looker("first", fails));
  probes.add(looker("second", () => probes.add(looker("third"))));
  assert.throws(() => turns.end(), /a bug/);
  turns.end();
  assert.equal(looked, ["first", "second", "third"]);
  assert.is(turns.pending, 0);
});

test("ten thousand peers that die at the same time are all given up when their time is over, and no turn probes more than a few", () => {
  const peers = 10_000;
  const time = new TestTime();
  const turns = new ProbeTurns((run) => time.clock.endOfTurn(run));
  let [pings, dead, inTurn, most] = [0, 0, 0, 0];
  const costs = (): void => {
    if (inTurn++ === 0) time.clock.endOfTurn(() => (inTurn = 0));
    most = Math.max(most, inTurn);
  };
  const host = {
    waiting: true,
    probe: () => {
      pings++;
      costs();
    },
    afterPoll: turns.add,
    dead: () => {
      dead++;
      costs();
    },
  };
  for (let count = 0; count < peers; count++) new Liveness(time.timers, host, 9_000, 25_000).measured(10);
  time.clock.advance(MIN_PROBE_MS - 1);
  assert.is(pings, 0);
  time.clock.advance(3 * MIN_PROBE_MS);
  assert.is(pings, 2 * peers);
  assert.is(dead, peers);
  assert.is(most, PROBES_PER_TURN);
  assert.is(time.timers.size, 0);
});

test.run();
