import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Writer } from "../../../runtime/bytes/writer.ts";
import { CreditWindow } from "../../../runtime/session/credit.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { Owed } from "../../../runtime/session/owed.ts";
import { TestTime } from "../../support/channel/ends.ts";
import { numbersOf } from "../../support/session/frames.ts";

const { ACK, PONG, CREDIT } = FrameType;

function owing() {
  const asked: number[] = [];
  const owed = new Owed(new TestTime().timers, { schedule: () => void asked.push(1) });
  /** What is written now: type and first number of each frame. */
  const written = (): (readonly number[])[] => {
    const frames: (readonly number[])[] = [];
    owed.write({
      write(type, body) {
        const writer = new Writer();
        body(writer);
        frames.push([type, numbersOf(writer.finish(), 1)[0]!]);
      },
    });
    return frames;
  };
  return { owed, asked, written };
}

const test = suite("session/owed");

test("nothing is owed at first, and nothing twice", () => {
  const { owed, written } = owing();
  assert.equal(written(), []);
  owed.accept(10);
  owed.pong(3);
  owed.grant(7, new CreditWindow(4, 4));
  assert.equal(written(), [
    [ACK, 1],
    [PONG, 3],
    [CREDIT, 7],
  ]);
  assert.equal(written(), []);
});

test("the last ping is answered, and a window is told once, however often it is granted", () => {
  const { owed, written } = owing();
  const window = new CreditWindow(4, 4);
  for (const number of [1, 2, 3]) {
    owed.pong(number);
    owed.grant(7, window);
  }
  assert.equal(written(), [
    [PONG, 3],
    [CREDIT, 7],
  ]);
});

test("an acknowledgement that is sooner due than it was leaves credit that is owed", () => {
  const { owed, written } = owing();
  owed.accept(10);
  owed.grant(7, new CreditWindow(4, 4));
  owed.accept(40_000);
  assert.equal(written(), [
    [ACK, 2],
    [CREDIT, 7],
  ]);
});

test("another connection is told the acknowledgement again, credit that was still owed, and no pong", () => {
  const { owed, written } = owing();
  owed.accept(10);
  written();
  owed.pong(1);
  owed.grant(7, new CreditWindow(4, 4));
  owed.restate();
  assert.equal(written(), [
    [ACK, 1],
    [CREDIT, 7],
  ]);
});

test("a sign of life is the acknowledgement again, and asks for a flush", () => {
  const { owed, asked, written } = owing();
  owed.sayAlive();
  assert.is(asked.length, 1);
  assert.equal(written(), [[ACK, 0]]);
  assert.equal(written(), []);
});

test("nobody is told of the credit of a stream that is over", () => {
  const { owed, written } = owing();
  owed.grant(7, new CreditWindow(4, 4));
  owed.forget(7);
  assert.equal(written(), []);
});

test.run();
