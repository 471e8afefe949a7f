import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Reader } from "../../../runtime/bytes/reader.ts";
import { Writer } from "../../../runtime/bytes/writer.ts";
import { replayedType, writeReplayed } from "../../../runtime/command/replay.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { Priority } from "../../../runtime/session/priority.ts";
import { bodyOf, numbersOf, type Part } from "../../support/session/frames.ts";

const { REQUEST, SEND, VOID, ITEM } = FrameType;
const message = Uint8Array.of(1, 2, 3);
const name = "example.probe.v1.Probe/Echo";

/** What becomes of a frame `ageMs` after it left. */
function again(type: FrameType, body: Uint8Array, ageMs: number, wanted = true): { readonly type: FrameType; readonly body: Uint8Array } {
  // Somewhere in a larger buffer, as it is in life.
  const bytes = new Uint8Array(body.length + 9).fill(0xdb);
  bytes.set(body, 5);
  const frame = { type, priority: Priority.NORMAL, number: 1, body: new Reader(bytes, 5, 5 + body.length), ageMs };
  const as = replayedType(frame, () => wanted);
  const writer = new Writer();
  writeReplayed(writer, frame, as);
  return { type: as, body: writer.finish() };
}

const request = (reference: readonly Part[], timeoutMs: number): Uint8Array => bodyOf(7, ...reference, 1, timeoutMs, message);
const oneWay = (reference: readonly Part[], timeoutMs: number): Uint8Array => bodyOf(...reference, 0, timeoutMs, message);

const test = suite("command/replay");

test("a request states the time that is left, in a body of the same size", () => {
  for (const [timeoutMs, ageMs, left] of [
    [30_000, 0, 30_000],
    [30_000, 29_999.5, 1],
    [300, 200, 100],
    [128, 1, 127],
    [5, 4.2, 1],
    [2 ** 40, 2 ** 39, 2 ** 39],
  ] as const) {
    for (const reference of [[2], [0, name, 0]]) {
      const body = request(reference, timeoutMs);
      const sent = again(REQUEST, body, ageMs);
      assert.is(sent.type, REQUEST);
      assert.is(sent.body.length, body.length, `${timeoutMs} after ${ageMs}`);
      const at = bodyOf(7, ...reference, 1).length;
      assert.equal(sent.body.slice(0, at), body.slice(0, at));
      assert.equal(numbersOf(sent.body.slice(at), 1), [left]);
      assert.equal(sent.body.slice(-3), message);
    }
  }
});

test("no deadline stays no deadline, for requests and one-ways", () => {
  assert.equal(again(REQUEST, request([3], 0), 1e9), { type: REQUEST, body: request([3], 0) });
  assert.equal(again(SEND, oneWay([0, name, 1], 0), 1e9), { type: SEND, body: oneWay([0, name, 1], 0) });
});

test("late or given up, it becomes VOID: its id, its size, and the name that it introduces", () => {
  const plain = request([3], 500);
  assert.equal(again(REQUEST, plain, 500), { type: VOID, body: bodyOf(7, plain.length) });
  assert.equal(again(REQUEST, plain, 0, false), { type: VOID, body: bodyOf(7, plain.length) });
  const naming = request([0, name, 4], 500);
  assert.equal(again(REQUEST, naming, 501), { type: VOID, body: bodyOf(7, naming.length, 0, name, 4) });
  const note = oneWay([0, name, 1], 10);
  assert.equal(again(SEND, note, 11), { type: VOID, body: bodyOf(0, note.length, 0, name, 1) });
});

test("nobody waits for a one-way, and it is sent all the same", () => {
  assert.is(again(SEND, oneWay([1], 0), 5, false).type, SEND);
});

test("everything else goes as it was", () => {
  for (const type of [ITEM, FrameType.REPLY, FrameType.FAIL, FrameType.CANCEL, FrameType.END, VOID])
    assert.equal(again(type, bodyOf(7, message), 1e9, false), { type, body: bodyOf(7, message) });
});

test.run();
