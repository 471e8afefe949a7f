import { suite } from "uvu";
import * as assert from "uvu/assert";
import { OutboxRoom } from "../../../runtime/session/outbox-room.ts";

const test = suite("session/outbox-room");

/** The room of one class, which the test takes and gives back. */
function room({ attached = true, small = true } = {}) {
  const outboxes = { full: 0, acceptedInAll: 0, small, ask: () => true };
  const told = { pings: 0, rooms: 0 };
  const watched = new OutboxRoom({
    outboxes,
    timers: { now: () => 0, after: () => ({ cancel() {} }), start() {} },
    options: { slowPeerTimeoutMs: Number.POSITIVE_INFINITY },
    handler: { room: () => void told.rooms++ },
    ping: () => void told.pings++,
    slow() {},
  });
  if (attached) watched.attached();
  return { outboxes, told, watched };
}

test("a peer is asked once what it accepted when an outbox is full that is so small that it might not say", () => {
  const { outboxes, told, watched } = room();
  watched.used();
  assert.is(told.pings, 0);
  outboxes.full = 1;
  watched.used();
  watched.used();
  assert.is(told.pings, 1);
});

test("nobody is asked where the outbox is large, or while there is no connection", () => {
  for (const case_ of [room({ small: false }), room({ attached: false })]) {
    case_.outboxes.full = 1;
    case_.watched.used();
    assert.is(case_.told.pings, 0);
  }
});

test("whoever waits for room is told when a class has some that had none", () => {
  const { outboxes, told, watched } = room();
  outboxes.full = 3;
  watched.used();
  watched.freed();
  assert.is(told.rooms, 0);
  outboxes.full = 1;
  watched.freed();
  watched.freed();
  assert.is(told.rooms, 1);
});

test.run();
