import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ManualClock } from "../../../runtime/time/manual-clock.ts";
import { Inbox } from "../../../runtime/transport/inbox.ts";

const test = suite("transport/inbox");

function setUp(limitBytes = 100) {
  const clock = new ManualClock();
  const log: string[] = [];
  const inbox = new Inbox({ limitBytes, onOverflow: () => log.push("overflow"), defer: (run) => clock.endOfTurn(run) });
  const events = {
    onBytes: (bytes: Uint8Array) => void log.push(`bytes ${bytes.join()}`),
    onDrain: () => void log.push("drain"),
    onClose: ({ message }: { message: string }) => void log.push(`close ${message}`),
  };
  return { clock, log, inbox, events };
}

test("what comes before start is told then, the end last", () => {
  const { log, inbox, events } = setUp();
  inbox.bytes(Uint8Array.of(1));
  inbox.bytes(Uint8Array.of(2));
  inbox.end({ kind: "ended", message: "over" });
  inbox.bytes(Uint8Array.of(3));
  inbox.start(events);
  assert.equal(log, ["bytes 1", "bytes 2", "close over"]);
});

test("what comes while paused waits, and later bytes wait behind it", () => {
  const { clock, log, inbox, events } = setUp();
  inbox.start(events);
  inbox.bytes(Uint8Array.of(1));
  inbox.pause();
  inbox.bytes(Uint8Array.of(2));
  inbox.resume();
  inbox.bytes(Uint8Array.of(3));
  assert.equal(log, ["bytes 1"]);
  clock.flush();
  assert.equal(log, ["bytes 1", "bytes 2", "bytes 3"]);
});

test("as many bytes as the limit wait, one more is a flood", () => {
  const { clock, log, inbox, events } = setUp(4);
  inbox.start(events);
  inbox.pause();
  inbox.bytes(new Uint8Array(4));
  assert.equal(log, []);
  inbox.bytes(new Uint8Array(1));
  inbox.bytes(new Uint8Array(1));
  assert.equal(log, ["overflow"]);
  inbox.end({ kind: "failed", message: "flooded" });
  clock.flush();
  assert.equal(log, ["overflow", "close flooded"]);
});

test("the end comes once and is the first that was told", () => {
  const { clock, log, inbox, events } = setUp();
  inbox.start(events);
  inbox.end({ kind: "failed", message: "first" });
  inbox.end({ kind: "ended", message: "second" });
  inbox.drained();
  assert.equal(log, []);
  clock.flush();
  inbox.end({ kind: "ended", message: "third" });
  inbox.bytes(Uint8Array.of(1));
  clock.flush();
  assert.equal(log, ["close first"]);
});

test("after drop only the end is told, also when it was waiting behind bytes", () => {
  const { clock, log, inbox, events } = setUp();
  inbox.start(events);
  inbox.pause();
  inbox.bytes(Uint8Array.of(1));
  inbox.end({ kind: "ended", message: "over" });
  clock.flush();
  assert.equal(log, []);
  inbox.drop();
  clock.flush();
  assert.equal(log, ["close over"]);
});

test("the platform's own queueMicrotask may be what defers, which in browsers is nobody's method", () => {
  const receivers: unknown[] = [];
  const inbox = new Inbox({
    limitBytes: 1,
    onOverflow: () => {},
    defer(this: unknown) {
      receivers.push(this);
    },
  });
  inbox.resume();
  assert.equal(receivers, [undefined]);
});

test("a receiver that pauses midway gets the rest when it resumes", () => {
  const { clock, log, inbox, events } = setUp();
  for (let i = 0; i < 3; i++) inbox.bytes(Uint8Array.of(i));
  inbox.start({
    ...events,
    onBytes(bytes) {
      events.onBytes(bytes);
      inbox.pause();
    },
  });
  assert.equal(log, ["bytes 0"]);
  inbox.resume();
  clock.flush();
  assert.equal(log, ["bytes 0", "bytes 1"]);
});

test.run();
