import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Flusher } from "../../../runtime/session/flusher.ts";

const test = suite("session/flusher");

/** A flusher whose flushes are counted, and what waits for which end. */
function flushing({ soon = true, writable = true, writing = false } = {}) {
  const waiting = { callback: [] as (() => void)[], turn: [] as (() => void)[] };
  const counted = { flushes: 0 };
  const flusher = new Flusher({
    link: { writable, waitingBytes: 0, send() {}, close() {} },
    outboxes: { writing, flush: () => void counted.flushes++ },
    owed: { write() {} },
    room: { freed() {} },
    timers: { now: () => 0 },
    options: {
      endOfTurn: (run) => void waiting.turn.push(run),
      endOfCallback: soon ? (run) => void waiting.callback.push(run) : undefined,
    },
    write() {},
    keep() {},
  });
  const run = (end: "callback" | "turn"): void => {
    for (const due of waiting[end].splice(0)) due();
  };
  return { flusher, counted, run };
}

test("what is sent because of what was read does not wait for the turn's end, but for all that was read", () => {
  const { flusher, counted, run } = flushing();
  flusher.read();
  flusher.schedule();
  flusher.schedule();
  assert.is(counted.flushes, 0);
  run("callback");
  assert.is(counted.flushes, 1);
  run("turn");
  assert.is(counted.flushes, 1);
});

test("more that is sent then waits for the turn's end, until more is read", () => {
  const { flusher, counted, run } = flushing();
  flusher.read();
  flusher.schedule();
  run("callback");
  flusher.schedule();
  run("callback");
  assert.is(counted.flushes, 1);
  run("turn");
  assert.is(counted.flushes, 2);
  flusher.read();
  flusher.schedule();
  run("callback");
  assert.is(counted.flushes, 3);
});

test("what leaves by itself has a flush of its own, unless a frame is being written, something waits for the turn's end, or nothing can leave", () => {
  const { flusher, counted, run } = flushing();
  assert.ok(flusher.hold());
  flusher.schedule();
  run("turn");
  assert.is(counted.flushes, 0);
  flusher.flush();
  assert.is(counted.flushes, 1);
  flusher.schedule();
  assert.not(flusher.hold());
  assert.not(flushing({ writing: true }).flusher.hold());
  assert.not(flushing({ writable: false }).flusher.hold());
});

test("what one session's bytes bring about in another waits for the turn's end, with all that others bring about there", () => {
  const [one, other] = [flushing(), flushing()];
  other.flusher.read();
  one.flusher.read();
  other.flusher.schedule();
  one.flusher.schedule();
  one.run("callback");
  other.run("callback");
  assert.equal([one.counted.flushes, other.counted.flushes], [1, 0]);
  other.flusher.read();
  other.flusher.schedule();
  other.run("callback");
  assert.is(other.counted.flushes, 0);
  other.run("turn");
  assert.is(other.counted.flushes, 1);
});

test("where a callback's end is not told, all wait for the turn's", () => {
  const { flusher, counted, run } = flushing({ soon: false });
  flusher.read();
  flusher.schedule();
  run("turn");
  assert.is(counted.flushes, 1);
});

test.run();
