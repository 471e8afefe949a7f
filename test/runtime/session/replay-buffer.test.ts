import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FrameType } from "../../../runtime/session/frame.ts";
import { ReplayBuffer } from "../../../runtime/session/replay-buffer.ts";
import { TurnMemory } from "../../../runtime/session/turn-buffers.ts";
import { frame, join } from "../../support/session/frames.ts";

const { SEND, PING, REQUEST } = FrameType;

/** What a buffer gives again, as type, first byte of the body and age. */
function given(buffer: ReplayBuffer, accepted: number, now = 0): (readonly number[])[] {
  const frames: (readonly number[])[] = [];
  buffer.replay(accepted, now, (type, bytes, start, end, ageMs) => frames.push([type, bytes[start]!, end - start, ageMs]));
  return frames;
}

/** Two flushes: numbers 1 and 2 with a ping between them at 100 ms, number 3 at 200 ms. */
function filled(): ReplayBuffer {
  const buffer = new ReplayBuffer();
  buffer.keep(join(frame(SEND, 11), frame(PING, 7), frame(REQUEST, 12, 0, 0)), 2, 2, 8, 100);
  buffer.keep(frame(SEND, new Uint8Array(300).fill(13)), 3, 1, 303, 200);
  return buffer;
}

const test = suite("session/replay-buffer");

test("every numbered frame comes again, in order, with its own age; what has no number does not", () => {
  assert.equal(given(filled(), 0, 250), [
    [SEND, 11, 1, 150],
    [REQUEST, 12, 3, 150],
    [SEND, 13, 300, 50],
  ]);
});

test("what was accepted does not come again, also when it left together with what was not", () => {
  for (const [accepted, first] of [
    [1, 12],
    [2, 13],
    [3, undefined],
  ] as const) {
    const [frame] = given(filled(), accepted);
    assert.is(frame?.[1], first);
    const freed = filled();
    freed.accept(accepted);
    assert.is(given(freed, accepted)[0]?.[1], first);
    assert.is(freed.bytes === 0, accepted === 3);
  }
});

test("it can be asked again and again, and holds nothing once it is cleared", () => {
  const buffer = filled();
  assert.equal(given(buffer, 1), given(buffer, 1));
  buffer.clear();
  assert.is(buffer.bytes, 0);
  assert.equal(given(buffer, 0), []);
});

test("it counts what was not accepted, and says of what goes how much the connection had been given with it", () => {
  const buffer = filled();
  assert.is(buffer.bytes, 311);
  buffer.given(2, 1_000);
  buffer.given(3, 2_000);
  assert.equal([buffer.accept(1), buffer.accept(2), buffer.bytes], [undefined, 1_000, 303]);
  buffer.again();
  assert.equal([buffer.accept(3), buffer.bytes], [-1, 0]);
  buffer.keep(undefined, 4, 1, 50, 300);
  buffer.given(4, 500);
  assert.equal([given(buffer, 3), buffer.bytes, buffer.accept(9)], [[], 50, 500]);
});

test("of memory that is used again only the turn comes again, and the memory goes with it", () => {
  const former = TurnMemory.copy(join(frame(SEND, 1), frame(SEND, 2), frame(SEND, 3)));
  former.letGo();
  const memory = TurnMemory.copy(frame(SEND, 11));
  assert.is(memory.bytes, former.bytes);
  const buffer = new ReplayBuffer();
  buffer.keep(memory.bytes, 1, 1, 3, 0, memory);
  memory.letGo();
  assert.equal(given(buffer, 0), [[SEND, 11, 1, 0]]);
  assert.is.not(TurnMemory.copy(frame(SEND, 1)).bytes, memory.bytes);
  buffer.accept(1);
  assert.is(TurnMemory.copy(frame(SEND, 1)).bytes, memory.bytes);
});

test.run();
