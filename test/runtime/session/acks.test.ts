import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ACK_BYTES, ACK_DELAY_MS, Acks, PACED_ACK_DELAY_MS, UNPACED_ACK_BYTES } from "../../../runtime/session/acks.ts";
import { MIN_PROBE_MS } from "../../../runtime/session/liveness.ts";
import { Priority } from "../../../runtime/session/priority.ts";
import { TestTime } from "../../support/channel/ends.ts";

function make(): { readonly time: TestTime; readonly acks: Acks; readonly sent: number[] } {
  const time = new TestTime();
  const sent: number[] = [];
  const acks = new Acks(time.timers, { schedule: () => void sent.push(time.clock.now()) });
  return { time, acks, sent };
}

const test = suite("session/acks");

test("an acknowledgement waits for company for 250 ms and then goes alone", () => {
  const { time, acks, sent } = make();
  acks.accept(100);
  time.clock.advance(ACK_DELAY_MS - 1);
  acks.accept(100);
  assert.equal(sent, []);
  assert.ok(acks.due);
  time.clock.advance(1);
  assert.equal(sent, [250]);
  assert.equal(acks.take(), [2]);
  assert.not(acks.due);
});

test("one that rode along is not sent again, and what comes next waits no longer than 250 ms", () => {
  const { time, acks, sent } = make();
  acks.accept(1);
  time.clock.advance(5);
  assert.equal(acks.take(), [1]);
  time.clock.advance(5);
  acks.accept(1);
  time.clock.advance(ACK_DELAY_MS);
  assert.is(sent.length, 1);
  assert.ok(sent[0]! <= 10 + ACK_DELAY_MS);
  acks.take();
  time.clock.advance(1000);
  assert.is(sent.length, 1);
  assert.is(time.timers.size, 0);
});

test("what is not of class NORMAL waits for 25 ms, and so does what waited with it", () => {
  const { time, acks, sent } = make();
  acks.accept(1);
  time.clock.advance(10);
  acks.accept(1, Priority.CONTROL);
  time.clock.advance(PACED_ACK_DELAY_MS);
  assert.equal(sent, [10 + PACED_ACK_DELAY_MS]);
  acks.take();
  acks.accept(1);
  time.clock.advance(PACED_ACK_DELAY_MS);
  assert.is(sent.length, 1, "the session's own frames say nothing about the next ones");
});

for (const priority of [Priority.HIGH, Priority.BULK])
  test(`a peer that uses class ${priority} paces what it sends, and waits for nothing longer than 25 ms`, () => {
    const { time, acks, sent } = make();
    acks.accept(1, priority);
    time.clock.advance(PACED_ACK_DELAY_MS);
    acks.take();
    acks.accept(1);
    time.clock.advance(PACED_ACK_DELAY_MS);
    assert.equal(sent, [PACED_ACK_DELAY_MS, 2 * PACED_ACK_DELAY_MS]);
    acks.take();
    time.clock.advance(1000);
    assert.is(sent.length, 2);
    assert.is(time.timers.size, 0);
  });

test("nobody probes a peer because its acknowledgement waits, however long the path is", () => {
  for (let rttMs = 0; rttMs < 1000; rttMs++) assert.ok(ACK_DELAY_MS + rttMs < Math.max(MIN_PROBE_MS, 4 * rttMs));
});

test("32 KiB wait for 25 ms, as their sender may begin to pace, and 1 MiB not at all", () => {
  const { time, acks, sent } = make();
  acks.accept(ACK_BYTES - 1);
  time.clock.advance(10);
  acks.accept(1);
  time.clock.advance(PACED_ACK_DELAY_MS - 1);
  assert.equal(sent, []);
  time.clock.advance(1);
  assert.equal(sent, [10 + PACED_ACK_DELAY_MS]);
  acks.take();
  acks.accept(UNPACED_ACK_BYTES - 1);
  assert.is(sent.length, 1, "what was told does not count");
  acks.accept(1);
  assert.is(sent.length, 2);
});

test("32 KiB do not wait where the peer paces", () => {
  const { acks, sent } = make();
  acks.accept(1, Priority.BULK);
  acks.accept(ACK_BYTES - 2);
  assert.is(sent.length, 0);
  acks.accept(1);
  assert.is(sent.length, 1);
  acks.take();
  acks.accept(ACK_BYTES - 1);
  assert.is(sent.length, 1, "what was told does not count");
});

test("stopped, it is silent and holds no timer", () => {
  const { time, acks, sent } = make();
  acks.accept(1);
  acks.stop();
  time.clock.advance(1000);
  assert.equal(sent, []);
  assert.is(time.timers.size, 0);
});

test.run();
