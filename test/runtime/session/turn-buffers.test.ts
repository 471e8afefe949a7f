import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Writer } from "../../../runtime/bytes/writer.ts";
import { LONG_TURN_BYTES, returnTurnBuffer, takeTurnBuffer } from "../../../runtime/session/turn-buffers.ts";

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

test.run();
