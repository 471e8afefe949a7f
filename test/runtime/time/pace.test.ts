import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Pace } from "../../../runtime/time/pace.ts";
import { TestTime } from "../../support/channel/ends.ts";

const test = suite("time/pace");

test("after a pause so many start at once, then one at each interval", async () => {
  const time = new TestTime();
  let woken = 0;
  const pace: Pace = new Pace(4, 4, time.timers, () => woken++);
  const takeAll = (): number => {
    let taken = 0;
    for (; pace.open; taken++) pace.take();
    return taken;
  };
  assert.is(takeAll(), 4);
  for (let turn = 1; turn <= 3; turn++) {
    await time.clock.settle(249);
    assert.is(woken, turn - 1);
    await time.clock.settle(1);
    assert.is(woken, turn);
    assert.is(takeAll(), 1);
  }
  await time.clock.settle(10_000);
  assert.is(takeAll(), 4, "a long pause saves up no more");
  pace.stop();
  await time.clock.settle(10_000);
  assert.is(woken, 4);
});

test("one a second means one a second", async () => {
  const time = new TestTime();
  const pace = new Pace(1, 1, time.timers);
  assert.ok(pace.open);
  pace.take();
  assert.not.ok(pace.open);
  await time.clock.settle(1_000);
  assert.ok(pace.open);
  pace.stop();
});

test.run();
