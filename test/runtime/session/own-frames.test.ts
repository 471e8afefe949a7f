import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Reader } from "../../../runtime/bytes/reader.ts";
import { FrameAssembler } from "../../../runtime/session/frame-assembler.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { Priority } from "../../../runtime/session/priority.ts";
import { frame } from "../../support/session/frames.ts";
import { framesHost } from "../../support/session/partial.ts";

const test = suite("session/own frames");

test("what takes most of a frame that spans records is not copied again; what takes less of it is, and all of frames within a record", () => {
  const frames = new FrameAssembler(framesHost(1_000_000), Priority.NORMAL);
  const bytes = frame(FrameType.SEND, new Uint8Array(100_000).fill(7));
  const copies: boolean[] = [];
  const read = (_header: number, body: Reader): boolean => {
    const { position } = body;
    for (const length of [body.end - position, 40_000]) {
      body.position = position;
      const copy = body.copy(length);
      assert.equal(copy, new Uint8Array(length).fill(7));
      copies.push(copy.buffer !== body.bytes.buffer);
    }
    return true;
  };
  frames.push(bytes, read);
  assert.equal(copies, [true, true]);
  frames.push(bytes.subarray(0, 60_000), read);
  frames.push(bytes.subarray(60_000), read);
  assert.equal(copies.slice(2), [false, true]);
  // Nothing is written where the frame was.
  assert.is(frames.pendingBytes, 0);
});

test.run();
