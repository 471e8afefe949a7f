import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Reader } from "../../../runtime/bytes/reader.ts";
import type { IncomingCommand } from "../../../runtime/command/incoming-command.ts";
import { IncomingQueue } from "../../../runtime/command/incoming-queue.ts";
import { CommandFlag } from "../../../runtime/session/frame.ts";
import { Outboxes } from "../../../runtime/session/outboxes.ts";

const { ORDERED, AFTER_SUCCESS } = CommandFlag;

/** A queue of commands that are a number and flags; the test ends them. */
class Harness {
  readonly started: string[] = [];
  readonly commands = new Map<number, IncomingCommand>();
  mayStart = true;
  /** Barriers that are open, and the last one to which the queue came. */
  opened = 0;
  reached = 0;
  /** What happens when a command is started. */
  onStart: (number: number) => void = () => {};
  readonly queue: IncomingQueue = new IncomingQueue(new Outboxes(1, { schedule() {} }).normal, {
    mayStart: () => this.mayStart,
    start: (command, body, abandoned) => {
      this.started.push(`${command.id}${abandoned ? " abandoned" : ""} ${body.uint32()}`);
      if (abandoned) this.queue.settled(command, true);
      this.onStart(command.id);
    },
    reach: (_queue, barrier) => {
      this.reached = barrier;
      return barrier <= this.opened;
    },
  });

  push(id: number, flags = 0): void {
    const command = { id, flags, size: 1, holds: (flags & ORDERED) !== 0, payload: undefined } as unknown as IncomingCommand;
    this.commands.set(id, command);
    const bytes = Uint8Array.of(100 + (id % 20));
    this.queue.push(command, new Reader(bytes));
    bytes.fill(0);
  }

  end(id: number, failed = false): void {
    this.queue.settled(this.commands.get(id)!, failed);
  }
}

const test = suite("command/incoming-queue");

test("what may start starts at once, in the record's memory; what waits is copied", () => {
  const harness = new Harness();
  harness.push(1);
  harness.mayStart = false;
  harness.push(2);
  harness.push(3);
  assert.equal(harness.started, ["1 101"]);
  harness.mayStart = true;
  harness.push(4);
  harness.queue.pump();
  assert.equal(harness.started, ["1 101", "2 102", "3 103", "4 104"]);
});

test("an ordered command holds back all that came after it until it has ended", () => {
  const harness = new Harness();
  harness.push(1, ORDERED);
  harness.push(2);
  harness.push(3, ORDERED);
  harness.push(4);
  harness.end(2);
  assert.equal(harness.started, ["1 101"]);
  harness.end(1);
  assert.equal(harness.started, ["1 101", "2 102", "3 103"]);
  harness.end(3);
  assert.is(harness.started.at(-1), "4 104");
});

test("what depends on a failed command is abandoned, and so is what depends on that; the rest is not", () => {
  const harness = new Harness();
  harness.push(1, ORDERED);
  harness.push(2, ORDERED | AFTER_SUCCESS);
  harness.push(3, AFTER_SUCCESS);
  harness.push(4);
  harness.end(1, true);
  assert.equal(harness.started.slice(1), ["2 abandoned 102", "3 abandoned 103", "4 104"]);
});

test("a failure is forgotten by the first command that does not ask for it", () => {
  const harness = new Harness();
  harness.push(1, ORDERED);
  harness.end(1, true);
  harness.push(2, ORDERED);
  harness.push(3, AFTER_SUCCESS);
  harness.end(2, false);
  assert.equal(harness.started, ["1 101", "2 102", "3 103"]);
});

test("a command that ends within its start lets the next one start, without recursion", () => {
  const harness = new Harness();
  harness.mayStart = false;
  for (let id = 1; id <= 50_000; id++) harness.push(id, ORDERED);
  let starts = 0;
  harness.onStart = (id) => {
    starts++;
    harness.end(id);
  };
  harness.mayStart = true;
  harness.queue.pump();
  assert.is(starts, 50_000);
  harness.push(1, ORDERED);
  assert.is(starts, 50_001);
});

test("what comes behind a barrier waits until that is open", () => {
  const harness = new Harness();
  harness.push(1);
  harness.queue.barrier();
  harness.push(2);
  harness.queue.barrier();
  harness.push(3);
  assert.equal([harness.started, harness.reached], [["1 101"], 1]);
  harness.opened = 1;
  harness.queue.pump();
  assert.equal([harness.started, harness.reached], [["1 101", "2 102"], 2]);
  harness.opened = 2;
  harness.queue.pump();
  assert.equal(harness.started, ["1 101", "2 102", "3 103"]);
});

test("a barrier is reached when all before it has started, be it that an ordered command goes on; what follows waits for both", () => {
  const harness = new Harness();
  harness.push(1, ORDERED);
  harness.queue.barrier();
  harness.push(2);
  assert.is(harness.reached, 1);
  harness.opened = 1;
  harness.queue.pump();
  assert.equal(harness.started, ["1 101"]);
  harness.end(1);
  assert.equal(harness.started, ["1 101", "2 102"]);
  harness.mayStart = false;
  harness.push(3);
  harness.queue.barrier();
  assert.is(harness.reached, 1);
});

test("a barrier changes nothing of what depends on what: a failure is remembered across it, and so is what was given up", () => {
  const harness = new Harness();
  harness.push(1, ORDERED);
  harness.queue.barrier();
  harness.push(2, AFTER_SUCCESS);
  harness.opened = 1;
  harness.end(1, true);
  assert.equal(harness.started, ["1 101", "2 abandoned 102"]);
  harness.opened = 0;
  harness.queue.barrier();
  harness.queue.skip();
  harness.queue.barrier();
  harness.push(3, AFTER_SUCCESS);
  harness.opened = 3;
  harness.queue.pump();
  assert.is(harness.started.at(-1), "3 abandoned 103");
});

test("any number of barriers, and of what was given up between them, take one place", () => {
  const harness = new Harness();
  for (let count = 0; count < 100_000; count++) {
    harness.queue.barrier();
    harness.queue.skip();
  }
  assert.is(harness.queue.length, 1);
  harness.push(1);
  harness.opened = 99_999;
  harness.queue.pump();
  assert.equal(harness.started, []);
  harness.opened = 100_000;
  harness.queue.pump();
  assert.is(harness.started.length, 1);
});

test("a queue that is cleared holds nothing, and starts nothing of what waited", () => {
  const harness = new Harness();
  harness.push(1, ORDERED);
  harness.push(2);
  harness.queue.clear();
  assert.equal([harness.queue.length, harness.queue.bytes], [0, 0]);
  harness.end(1);
  assert.equal(harness.started, ["1 101"]);
});

test.run();
