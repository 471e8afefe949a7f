import { suite } from "uvu";
import * as assert from "uvu/assert";
import { SendQueue } from "../../../runtime/command/send-queue.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import { ManualClock } from "../../../runtime/time/manual-clock.ts";
import { timersOf } from "../../../runtime/time/timers-of.ts";

const TIMEOUT_MS = 1_000;

/** A queue whose room a test owns. */
class Harness {
  readonly clock: ManualClock = new ManualClock();
  readonly sent: string[] = [];
  readonly failed: string[] = [];
  room = 0;
  readonly queue: SendQueue = new SendQueue(timersOf(this.clock), TIMEOUT_MS, () => this.room > 0);

  push(command: string, size = 1): () => void {
    return this.queue.push({
      command,
      size,
      send: () => {
        this.room--;
        this.sent.push(command);
      },
      fail: (error) => this.failed.push(`${command} ${error.message}`),
      expired: () => new CommandError("RESOURCE_EXHAUSTED", "expired"),
    });
  }

  pump(room: number): void {
    this.room = room;
    this.queue.pump();
  }
}

const test = suite("command/send-queue");

test("sends in order, as many as there is room for", () => {
  const harness = new Harness();
  for (const command of ["a", "b", "c"]) harness.push(command, 10);
  assert.equal([harness.queue.length, harness.queue.bytes], [3, 30]);
  harness.pump(2);
  assert.equal(harness.sent, ["a", "b"]);
  assert.equal([harness.queue.length, harness.queue.bytes], [1, 10]);
  harness.pump(5);
  assert.equal(harness.sent, ["a", "b", "c"]);
  assert.is(harness.clock.timers, 0);
});

test("what leaves is not sent, and leaving twice or after the sending does nothing", () => {
  const harness = new Harness();
  const leave = ["a", "b", "c"].map((command) => harness.push(command));
  leave[0]!();
  leave[0]!();
  leave[2]!();
  assert.is(harness.queue.length, 1);
  harness.pump(5);
  leave[1]!();
  assert.equal(harness.sent, ["b"]);
  assert.equal([harness.queue.length, harness.queue.bytes], [0, 0]);
  assert.equal(harness.failed, []);
});

test("what waits too long fails, and what comes behind it goes on waiting", () => {
  const harness = new Harness();
  harness.push("a");
  harness.clock.advance(600);
  harness.push("b");
  harness.clock.advance(500);
  assert.equal(harness.failed, ["a expired"]);
  harness.pump(1);
  assert.equal(harness.sent, ["b"]);
});

test("clear fails everything in order, and calls nobody back who waited for it to leave", () => {
  const harness = new Harness();
  harness.push("a");
  harness.push("b");
  harness.queue.whenPassed(() => harness.sent.push("passed"));
  harness.queue.clear((command) => new CommandError("SESSION_LOST", `${command} lost`));
  assert.equal(harness.failed, ["a a lost", "b b lost"]);
  assert.equal(harness.sent, []);
  assert.is(harness.clock.timers, 0);
});

test("whenPassed waits for what is there now: sent, gone or failed, and for nothing later", () => {
  const harness = new Harness();
  const passed: string[] = [];
  harness.queue.whenPassed(() => passed.push("at once"));
  harness.push("a");
  const leave = harness.push("b");
  harness.queue.whenPassed(() => passed.push("after b"));
  harness.push("c");
  harness.queue.whenPassed(() => passed.push("after c"));
  harness.pump(1);
  assert.equal(passed, ["at once"]);
  leave();
  assert.equal(passed, ["at once", "after b"]);
  harness.clock.advance(TIMEOUT_MS + 10);
  assert.equal(passed, ["at once", "after b", "after c"]);
  assert.equal(harness.failed, ["c expired"]);
});

test("200,000 that came and left again keep nothing, and cost nothing at the next pump", () => {
  const harness = new Harness();
  harness.push("first");
  const began = performance.now();
  for (let count = 0; count < 200_000; count++) harness.push("gone")();
  harness.pump(1);
  assert.equal(harness.sent, ["first"]);
  assert.is(harness.queue.length, 0);
  assert.ok(performance.now() - began < 5_000);
});

test.run();
