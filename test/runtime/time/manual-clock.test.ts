import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ManualClock } from "../../../runtime/time/manual-clock.ts";

const test = suite("time/manual-clock");

test("time stands still until it is told to go on", () => {
  const clock = new ManualClock({ startMs: 5, wallMs: 1000 });
  assert.is(clock.now(), 5);
  assert.is(clock.wallNow(), 1000);
  clock.advance(7);
  assert.is(clock.now(), 12);
  assert.is(clock.wallNow(), 1007);
  clock.adjustWall(-500);
  assert.is(clock.now(), 12);
  assert.is(clock.wallNow(), 507);
});

test("due timers run at their own times, earliest first, and equal ones in the order in which they were set", () => {
  const clock = new ManualClock();
  const log: string[] = [];
  const note = (name: string) => () => log.push(`${name}@${clock.now()}`);
  clock.setTimer(30, note("c"));
  clock.setTimer(10, note("a"));
  clock.setTimer(30, note("d"));
  clock.setTimer(20, note("b"));
  clock.setTimer(31, note("late"));
  clock.advance(30);
  assert.equal(log, ["a@10", "b@20", "c@30", "d@30"]);
  assert.is(clock.timers, 1);
  assert.is(clock.nextTimerAt, 31);
});

test("a timer that was taken back does not run, nor does taking back another of the same time touch it", () => {
  const clock = new ManualClock();
  let ran = 0;
  const cancel = clock.setTimer(10, () => assert.unreachable());
  clock.setTimer(10, () => ran++);
  cancel();
  cancel();
  clock.advance(10);
  assert.is(ran, 1);
  assert.is(clock.timers, 0);
});

test("a timer set by a timer runs in the same advance when it is due by then", () => {
  const clock = new ManualClock();
  const at: number[] = [];
  clock.setTimer(10, () => {
    clock.setTimer(5, () => at.push(clock.now()));
    clock.setTimer(50, () => assert.unreachable());
  });
  clock.advance(20);
  assert.equal(at, [15]);
});

test("what a turn queues for its end waits for the next turn", () => {
  const clock = new ManualClock();
  const log: string[] = [];
  clock.endOfTurn(() => {
    log.push("first");
    clock.endOfTurn(() => log.push("second"));
  });
  assert.is(clock.turn(), 1);
  assert.equal(log, ["first"]);
  clock.flush();
  assert.equal(log, ["first", "second"]);
  assert.is(clock.turn(), 0);
});

test("turns end between two timers, before time goes on", () => {
  const clock = new ManualClock();
  const at: number[] = [];
  clock.setTimer(10, () => clock.endOfTurn(() => at.push(clock.now())));
  clock.setTimer(20, () => at.push(clock.now()));
  clock.advance(20);
  assert.equal(at, [10, 20]);
});

test("a callback that throws reaches the test and leaves the others to the next turn", () => {
  const clock = new ManualClock();
  let ran = 0;
  clock.endOfTurn(() => {
    throw new Error("boom");
  });
  clock.endOfTurn(() => ran++);
  assert.throws(() => clock.flush(), /boom/);
  assert.is(ran, 0);
  clock.flush();
  assert.is(ran, 1);
});

test("a program that never comes to rest is told so", () => {
  const clock = new ManualClock();
  const again = () => clock.endOfTurn(again);
  again();
  assert.throws(() => clock.flush(), /reschedules itself/);
  const timers = new ManualClock();
  const rearm = () => void timers.setTimer(0, rearm);
  rearm();
  assert.throws(() => timers.advance(1), /reschedules itself/);
});

test("settle lets promises run between timers", async () => {
  const clock = new ManualClock();
  const log: string[] = [];
  const sleep = (ms: number) => new Promise<void>((resolve) => clock.setTimer(ms, resolve));
  const walk = async () => {
    await sleep(10);
    log.push(`walk@${clock.now()}`);
    await sleep(10);
    log.push(`walk@${clock.now()}`);
  };
  void walk();
  clock.setTimer(15, () => log.push(`timer@${clock.now()}`));
  await clock.settle(30);
  assert.equal(log, ["walk@10", "timer@15", "walk@20"]);
  assert.is(clock.now(), 30);
});

test("after a jump, timers find themselves late", () => {
  const clock = new ManualClock();
  const at: number[] = [];
  clock.setTimer(10, () => at.push(clock.now()));
  clock.jump(1000);
  assert.equal(at, []);
  clock.advance(0);
  assert.equal(at, [1000]);
});

test.run();
