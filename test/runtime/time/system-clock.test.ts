import { suite } from "uvu";
import * as assert from "uvu/assert";
import { systemClock } from "../../../runtime/time/system-clock.ts";

const test = suite("time/system-clock");

/** How long a timer took. The clock's own timers keep no process alive, so this has one that does. */
const wakeAfter = (ms: number): Promise<number> => {
  const start = systemClock.now();
  const keepAlive = setTimeout(() => assert.unreachable("a timer did not fire"), 10_000);
  return new Promise((resolve) => {
    systemClock.setTimer(ms, () => {
      clearTimeout(keepAlive);
      resolve(systemClock.now() - start);
    });
  });
};

test("a timer never fires early", async () => {
  for (const took of await Promise.all([0, 1, 2, 3.3, 5, 7.9, 12].map((ms) => wakeAfter(ms).then((took) => took - ms)))) {
    assert.ok(took >= 0, `early by ${-took} ms`);
  }
});

test("a timer that was taken back does not fire", async () => {
  systemClock.setTimer(1, () => assert.unreachable())();
  await wakeAfter(5);
});

test("a delay beyond what setTimeout takes does not fire at once", async () => {
  const cancel = systemClock.setTimer(2 ** 40, () => assert.unreachable());
  await wakeAfter(5);
  cancel();
});

test("the end of the turn comes after the turn's promises and in order", async () => {
  const log: string[] = [];
  await new Promise<void>((resolve) => {
    systemClock.endOfTurn(() => log.push("first"));
    systemClock.endOfTurn(() => {
      log.push("second");
      resolve();
    });
    void Promise.resolve()
      .then(() => log.push("promise"))
      .then(() => log.push("promise"));
  });
  assert.equal(log, ["promise", "promise", "first", "second"]);
});

test("the end of a callback comes after its promises and before the end of the turn", async () => {
  const log: string[] = [];
  await new Promise<void>((resolve) => {
    systemClock.endOfTurn(() => {
      log.push("turn");
      resolve();
    });
    systemClock.endOfCallback!(() => log.push("callback"));
    void Promise.resolve()
      .then(() => log.push("promise"))
      .then(() => Promise.resolve())
      .then(() => log.push("promise"));
  });
  assert.equal(log, ["promise", "promise", "callback", "turn"]);
});

test("what waits at the end of a turn has its turn when something before it throws, and so has what it asks for", async () => {
  const log: string[] = [];
  const uncaught: unknown[] = [];
  const note = (error: unknown): void => void uncaught.push(error);
  process.prependOnceListener("uncaughtException", note);
  await new Promise<void>((resolve) => {
    systemClock.endOfTurn(() => {
      log.push("broken");
      systemClock.endOfTurn(() => {
        log.push("next turn");
        resolve();
      });
      throw new Error("broken");
    });
    systemClock.endOfTurn(() => log.push("second"));
    systemClock.endOfTurn(() => log.push("third"));
  });
  process.off("uncaughtException", note);
  assert.equal(log, ["broken", "second", "third", "next turn"]);
  assert.is((uncaught[0] as Error).message, "broken");
});

test("both readings go on", () => {
  const now = systemClock.now();
  assert.ok(systemClock.now() >= now);
  assert.ok(Math.abs(systemClock.wallNow() - Date.now()) < 1000);
});

test.run();
