import { setImmediate } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { paced } from "../../bench/rpc/paced.ts";

/** Due at once, all of it. */
const rate = 1e9;
const pause = (): Promise<unknown> => setImmediate();

test("what is due is begun in order, and waited for", async () => {
  const due: number[] = [];
  let done = 0;
  await paced({ rate, open: 10, more: (begun) => begun < 25, pause }, async (dueAt) => {
    due.push(dueAt);
    await setImmediate();
    done++;
  });
  assert.is(done, 25);
  assert.equal(
    due,
    [...due].sort((a, b) => a - b),
  );
});

test("no more than so much is under way, and what had to wait was due all the same", async () => {
  let [open, most] = [0, 0];
  const begunAt: number[] = [];
  const start = performance.now();
  await paced({ rate, open: 3, more: (begun) => begun < 9, pause }, async (dueAt) => {
    begunAt.push(dueAt);
    most = Math.max(most, ++open);
    await setImmediate();
    open--;
  });
  assert.is(most, 3);
  assert.ok(Math.abs(begunAt.at(-1)! - begunAt[0]!) < 0.001 && begunAt[0]! >= start);
});

test("the first failure is the whole's, and nothing is begun after it", async () => {
  let begun = 0;
  const failing = paced({ rate, open: 1, more: () => true, pause }, async () => {
    if (++begun === 2) throw new Error("broken");
  });
  assert.is(await failing.catch((error: Error) => error.message), "broken");
  assert.is(begun, 2);
});

test.run();
