import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Backlog } from "../../../runtime/session/backlog.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { frame, join } from "../../support/session/frames.ts";

const { SEND, PING } = FrameType;

const test = suite("session/backlog");

test("what is taken in any pieces is what was put in, and a numbered frame counts where its last byte is taken", () => {
  const size = fc.integer({ min: 0, max: 300 });
  const turn = fc.array(fc.record({ size, numbered: fc.boolean() }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 5 }), fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (turns, pieces) => {
      const backlog = new Backlog();
      const all = turns.map((frames) =>
        join(...frames.map((one) => frame(one.numbered ? SEND : PING, new Uint8Array(one.size).fill(one.size)))),
      );
      for (const bytes of all) backlog.push(bytes);
      // Where each frame ends, and how many numbered ones do until there.
      const ends: { readonly at: number; readonly numbered: number }[] = [{ at: 0, numbered: 0 }];
      for (const one of turns.flat()) {
        const { at, numbered } = ends.at(-1)!;
        ends.push({ at: at + frame(SEND, new Uint8Array(one.size)).length, numbered: numbered + (one.numbered ? 1 : 0) });
      }
      let taken = new Uint8Array();
      let counted = 0;
      for (let turn = 0; !backlog.empty; turn++) {
        const { bytes, frames } = backlog.take(pieces[turn % pieces.length]!);
        taken = join(taken, bytes) as Uint8Array<ArrayBuffer>;
        counted += frames;
        const whole = ends.findLast(({ at }) => at <= taken.length)!;
        assert.is(counted, whole.numbered);
        assert.is(backlog.cut, whole.at < taken.length);
      }
      assert.equal(taken, join(...all));
    }),
    { numRuns: 200 },
  );
});

test("nothing is left of it once it is cleared", () => {
  const backlog = new Backlog();
  backlog.push(frame(SEND, new Uint8Array(100)));
  backlog.take(10);
  assert.ok(backlog.cut);
  backlog.clear();
  assert.ok(backlog.empty);
  assert.not(backlog.cut);
});

test.run();
