import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Inbox } from "../../../runtime/transport/inbox.ts";
import { takeKept } from "../../../runtime/transport/take-kept.ts";

const test = suite("transport/take-kept");

test("all that was kept is taken, in order and once, and nothing is told to whoever was told before", async () => {
  const inbox = new Inbox({ limitBytes: 100, onOverflow() {}, defer: queueMicrotask });
  const told: number[] = [];
  inbox.start({ onBytes: (bytes) => void told.push(...bytes), onDrain() {}, onClose() {} });
  inbox.bytes(Uint8Array.of(1));
  inbox.pause();
  inbox.bytes(Uint8Array.of(2, 3));
  inbox.bytes(Uint8Array.of(4));
  assert.equal(takeKept(inbox), Uint8Array.of(2, 3, 4));
  assert.equal(takeKept(inbox), new Uint8Array());
  await Promise.resolve();
  assert.equal(told, [1]);
});

test("an inbox that was never started gives what it has, too", () => {
  const inbox = new Inbox({ limitBytes: 100, onOverflow() {}, defer: queueMicrotask });
  inbox.bytes(Uint8Array.of(1, 2));
  assert.equal(takeKept(inbox), Uint8Array.of(1, 2));
});

test.run();
