import { type CaseBody, check, startBoth } from "./case.ts";

/** Directions do not hold each other up. */
export const twoWayCases: readonly CaseBody[] = [
  {
    name: "while one direction is stopped, the other goes on",
    async run(a, b) {
      startBoth(a, b);
      b.pause();
      await a.fillUntilStopped();
      await b.pump(4 * 1024 * 1024, 64 * 1024);
      await a.until(() => a.received === b.sent);
      check(b.received === 0, "bytes came while paused");
      b.resume();
      await b.until(() => b.received === a.sent);
    },
  },
  {
    name: "both directions, stopped at once, go on when both ends resume",
    async run(a, b) {
      startBoth(a, b);
      a.pause();
      b.pause();
      // What an end is told while it is paused is its drain and nothing else.
      await b.fillUntilStopped();
      await a.fillUntilStopped();
      check(a.received === 0 && b.received === 0, "bytes came while paused");
      a.resume();
      b.resume();
      await Promise.all([a.until(() => a.received === b.sent), b.until(() => b.received === a.sent)]);
      // A platform that has to be asked tells some time later that its buffer is empty.
      await Promise.all([a.until(() => !a.waits), b.until(() => !b.waits)]);
      check(a.send(1) && b.send(1), "an end whose bytes have all arrived asks to wait");
    },
  },
];
