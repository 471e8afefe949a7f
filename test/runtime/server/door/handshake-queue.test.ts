import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HandshakeQueue } from "../../../../runtime/server/door/handshake-queue.ts";
import { TestTime } from "../../../support/channel/ends.ts";

const COST_MS = 0.3;

/** A queue of half a millisecond a turn and a tenth of all time, on a clock that only work and waiting move. */
function slowWork(trusted: () => boolean = () => false): {
  time: TestTime;
  queue: HandshakeQueue;
  done: { name: string; at: number }[];
  push(name: string, guest?: boolean): void;
} {
  const time = new TestTime();
  const done: { name: string; at: number }[] = [];
  const queue = new HandshakeQueue({ clock: time.clock, timers: time.timers, budgetMs: 0.5, share: 0.1, free: () => trusted() });
  const push = (name: string, guest = false): void =>
    queue.push(() => {
      time.clock.jump(COST_MS);
      done.push({ name, at: time.clock.now() });
    }, guest);
  return { time, queue, done, push };
}

const test = suite("server/door/handshake-queue");

test("a handshake that comes alone is done at the end of its turn", () => {
  const { time, done, push } = slowWork();
  push("one");
  assert.equal(done, []);
  time.clock.turn();
  assert.is(done.length, 1);
});

test("however many come, no turn is longer than the budget and one handshake, and all together take their share of time", () => {
  const { time, done, push } = slowWork();
  for (let count = 0; count < 100; count++) push(`${count}`);
  let longest = 0;
  for (let turns = 0; done.length < 100 && turns < 100_000; turns++) {
    const before = time.clock.now();
    time.clock.turn();
    longest = Math.max(longest, time.clock.now() - before);
    time.clock.advance(0.1);
  }
  assert.is(done.length, 100);
  assert.ok(longest <= 0.5 + COST_MS, `${longest} ms`);
  // 30 ms of work at a tenth of the time, a tick of the timers more or less for each of 50 turns.
  const took = done.at(-1)!.at;
  assert.ok(took > 280 && took < 360, `${took} ms`);
  assert.equal(
    done.map(({ name }) => Number(name)),
    Array.from({ length: 100 }, (_, index) => index),
  );
});

test("one after the other they do not get more than the share either", () => {
  const { time, done, push } = slowWork();
  for (let ms = 0; ms < 300; ms++) {
    if (done.length <= ms) push(`${ms}`);
    time.clock.advance(1);
  }
  assert.ok(done.length * COST_MS < 300 * 0.12, `${done.length} in 300 ms`);
});

test("what has earned trust waits for no share, and still no turn is longer than the budget and one handshake", () => {
  let trust = 50;
  const { time, done, push } = slowWork(() => trust-- > 0);
  for (let count = 0; count < 300; count++) push(`${count}`);
  let longest = 0;
  for (let turns = 0; turns < 50; turns++) {
    const before = time.clock.now();
    time.clock.turn();
    longest = Math.max(longest, time.clock.now() - before);
  }
  assert.is(done.length, 100, "two in each turn");
  assert.ok(longest <= 0.5 + COST_MS, `${longest} ms`);
  time.clock.turn();
  const after = done.length;
  for (let turns = 0; turns < 50; turns++) time.clock.turn();
  assert.is(done.length, after, "then the share holds");
});

test("clients with a ticket have a share of their own: they pass however many strangers wait, and never hold them up", () => {
  const { time, queue, done, push } = slowWork();
  for (let count = 0; count < 100; count++) push(`stranger ${count}`);
  for (let count = 0; count < 10; count++) push(`guest ${count}`, true);
  assert.is(queue.strangers, 100);
  for (let ms = 0; done.filter(({ name }) => name.startsWith("guest")).length < 10 && ms < 1_000; ms++) time.clock.advance(1);
  const strangers = done.filter(({ name }) => name.startsWith("stranger")).length;
  assert.ok(strangers >= 8 && strangers <= 12, `${strangers} strangers beside 10 guests`);
  assert.ok(time.clock.now() < 60, `twice the share while guests wait: ${time.clock.now()} ms`);
});

test("a piece of work that throws does not stop the others", () => {
  const { time, queue, done, push } = slowWork();
  queue.push(() => {
    throw new Error("broken");
  }, false);
  push("next");
  assert.throws(() => time.clock.turn(), /broken/);
  time.clock.advance(50);
  assert.is(done.length, 1);
});

test.run();
