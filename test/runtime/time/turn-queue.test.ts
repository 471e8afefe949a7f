import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TurnQueue } from "../../../runtime/time/turn-queue.ts";

const PER_TURN = 16;

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

const test = suite("time/turn-queue");

test("of many things a few are done in each turn, in the order in which they came", () => {
  const turns = new Turns();
  const queue = new TurnQueue(turns.endOfTurn, PER_TURN);
  const done: number[] = [];
  const all = Array.from({ length: 2 * PER_TURN + 1 }, (_, index) => index);
  for (const index of all) queue.add(() => done.push(index) > 0);
  for (const expected of [0, PER_TURN, 2 * PER_TURN, 2 * PER_TURN + 1]) {
    assert.equal(done, all.slice(0, expected));
    turns.end();
  }
  assert.is(turns.pending, 0);
  queue.add(() => done.push(-1) > 0);
  turns.end();
  assert.is(done.at(-1), -1);
});

test("what is not needed any more counts for nothing: all of it is passed in one turn", () => {
  const turns = new Turns();
  const queue = new TurnQueue(turns.endOfTurn, PER_TURN);
  let looks = 0;
  for (let count = 0; count < 10_000; count++) queue.add(() => ++looks < 0);
  turns.end();
  assert.is(looks, 10_000);
  assert.is(turns.pending, 0);
});

test("one that throws, and one that comes meanwhile, do not take the others with them", () => {
  const turns = new Turns();
  const queue = new TurnQueue(turns.endOfTurn, PER_TURN);
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
  queue.add(looker("first", fails));
  queue.add(looker("second", () => queue.add(looker("third"))));
  assert.throws(() => turns.end(), /a bug/);
  turns.end();
  assert.equal(looked, ["first", "second", "third"]);
  assert.is(turns.pending, 0);
});

test.run();
