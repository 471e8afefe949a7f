import { suite } from "uvu";
import * as assert from "uvu/assert";
import { PartialFrame } from "../../../runtime/session/partial-frame.ts";

const PIECE = 65_000;

const test = suite("session/partial-frame");

function filled(size: number, value: number, upTo = size): PartialFrame {
  const frame = new PartialFrame();
  add(frame, value, upTo, size);
  return frame;
}

/** Adds pieces of records until `upTo` bytes came. */
function add(frame: PartialFrame, value: number, upTo: number, size: number): void {
  const piece = new Uint8Array(PIECE).fill(value);
  while (frame.came < upTo) {
    frame.add(piece, 0, Math.min(PIECE, upTo - frame.came), size);
    assert.ok(frame.bytes.length <= Math.max(64, 2 * frame.came), `${frame.bytes.length} bytes for ${frame.came}`);
  }
}

test("a frame that is whole lies in memory of its own, of just its size", () => {
  for (const size of [1, 64, 65, PIECE, 65_548, 130_001, 132_000, 133_000, 199_000, 262_144, 263_168, 1_048_576, 4_194_304]) {
    const [one, other] = [filled(size, 1), filled(size, 2)];
    for (const frame of [one, other]) assert.equal([frame.kept, frame.bytes.length, frame.bytes.buffer.byteLength], [size, size, size]);
    assert.ok(one.bytes.every((byte) => byte === 1));
    assert.ok(other.bytes.every((byte) => byte === 2));
  }
});

test("a frame of 64 KiB of which a quarter has come waits in memory that is used again, one of which less has come does not", () => {
  const size = 65_548;
  for (const [came, lent] of [
    [16_895, false],
    [16_896, true],
    [30_000, true],
  ] as const) {
    const first = filled(size, 1, came);
    const { buffer } = first.bytes;
    add(first, 1, size, size);
    assert.is(filled(size, 2, came).bytes.buffer === buffer, lent, `${came} bytes`);
    assert.ok(first.bytes.every((byte) => byte === 1));
  }
});

test("what a long frame outgrew is used for the next one", () => {
  const size = 4_194_304;
  const first = filled(size, 1, 3 * PIECE);
  const { buffer } = first.bytes;
  assert.is.not(filled(size, 2, 3 * PIECE).bytes.buffer, buffer, "while it is in use, it is nobody else's");
  add(first, 1, size, size);
  assert.is(filled(size, 3, 3 * PIECE).bytes.buffer, buffer);
  assert.ok(first.bytes.every((byte) => byte === 1));
});

test.run();
