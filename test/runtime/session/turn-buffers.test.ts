import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Writer } from "../../../runtime/bytes/writer.ts";
import { LONG_TURN_BYTES, returnTurnBuffer, TurnMemory, takeTurnBuffer } from "../../../runtime/session/turn-buffers.ts";

/** More than are kept for their next turn. */
const MANY = 200;

const test = suite("session/turn-buffers");

test("where thousands of sessions send a little in the same turn, each takes little memory", () => {
  const taken: Writer[] = Array.from({ length: MANY }, () => takeTurnBuffer());
  for (const writer of taken) assert.ok(writer.buffer.length <= 512, `${writer.buffer.length} bytes`);
  for (const writer of taken) writer.raw(new Uint8Array(100));
  assert.ok(taken.every(({ buffer }) => buffer.length <= 512));
  for (const writer of taken) returnTurnBuffer(writer);
});

test("a turn grows to less than twice what it holds, until it is long", () => {
  for (const bytes of [513, 1_024, 1_025, 4_097, 10_000, LONG_TURN_BYTES]) {
    const writer = takeTurnBuffer();
    writer.raw(new Uint8Array(bytes));
    assert.ok(writer.buffer.length >= bytes && writer.buffer.length < 2 * bytes, `${writer.buffer.length} bytes for ${bytes}`);
    assert.is(writer.position, bytes);
    // Not returned: the next one begins small.
  }
});

test("memory that grew is used again, empty", () => {
  const writer = takeTurnBuffer();
  writer.raw(new Uint8Array(5_000));
  returnTurnBuffer(writer);
  const again = takeTurnBuffer();
  assert.is(again, writer);
  assert.is(again.position, 0);
  assert.ok(again.buffer.length >= 5_000);
});

test("a copy of a turn takes less than twice its length, and its memory is used again when nobody holds it any more", () => {
  for (const length of [1, 70, 128, 129, 5_000, LONG_TURN_BYTES]) {
    const copy = TurnMemory.copy(new Uint8Array(length).fill(7));
    assert.is(copy.length, length);
    assert.ok(copy.bytes.length >= length && copy.bytes.length < Math.max(133, 2 * length), `${copy.bytes.length} bytes for ${length}`);
    assert.ok(copy.bytes.subarray(0, length).every((byte) => byte === 7));
    copy.hold();
    copy.letGo();
    assert.is.not(TurnMemory.copy(new Uint8Array(length)).bytes, copy.bytes);
    copy.letGo();
    assert.is(TurnMemory.copy(new Uint8Array(length)).bytes, copy.bytes);
  }
});

test("no more than 1 MiB of copies waits for its next use", () => {
  const copies = Array.from({ length: 200 }, () => TurnMemory.copy(new Uint8Array(10_000)));
  for (const copy of copies) copy.letGo();
  const known = new Set(copies.map(({ bytes }) => bytes));
  const again = Array.from({ length: 200 }, () => TurnMemory.copy(new Uint8Array(10_000))).filter(({ bytes }) => known.has(bytes));
  assert.ok(again.length > 50 && again.length <= 62, `${again.length}`);
});

test.run();
