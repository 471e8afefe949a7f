import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Writer } from "../../../runtime/bytes/writer.ts";
import { RecordKind } from "../../../runtime/channel/channel.ts";
import { Attachment, type AttachmentHost } from "../../../runtime/session/attachment.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { TestTime } from "../../support/channel/ends.ts";
import { frame } from "../../support/session/frames.ts";
import { TestLink } from "../../support/session/link.ts";
import { framesHost } from "../../support/session/partial.ts";

const TIMEOUT = 9_000;
const SLACK = 40;

/** An attachment whose hello came, and all that it asked for. */
function attached(role: "client" | "server" = "server", unacknowledged = true) {
  const time = new TestTime();
  const told = { pings: [] as number[], alive: 0, deaths: 0, expired: 0 };
  const { handler, ...frames } = framesHost(100);
  const session: AttachmentHost = {
    ...frames,
    handler: { ...handler, waiting: false },
    timers: time.timers,
    outboxes: { unacknowledged },
    owed: { received() {}, sayAlive: () => void told.alive++ },
    options: { role, keepAliveMs: 25_000, livenessTimeoutMs: TIMEOUT, endOfTurn: (look) => time.clock.endOfTurn(look) },
    write(_type, body) {
      const writer = new Writer();
      body(writer);
      told.pings.push(writer.view()[0]!);
    },
    connectionLost: () => void told.deaths++,
  };
  const attachment = new Attachment(new TestLink(), session);
  attachment.awaitHello(1_000, () => told.expired++);
  return { time, told, attachment };
}

const test = suite("session/attachment");

test("the first frame has its time, and after it no longer", () => {
  const late = attached();
  late.time.clock.advance(1_000 + SLACK);
  assert.is(late.told.expired, 1);
  const inTime = attached();
  inTime.attachment.watch();
  inTime.time.clock.advance(1_000 + SLACK);
  assert.is(inTime.told.expired, 0);
});

test("the answer to the first frame is a measure of the roundtrip; a frame that answers nothing is none", () => {
  for (const [role, ms] of [
    ["client", 4 * 200],
    ["server", TIMEOUT / 3],
  ] as const) {
    const { time, told, attachment } = attached(role);
    time.clock.advance(200);
    attachment.watch();
    attachment.expect();
    time.clock.advance(ms - 10);
    assert.equal(told.pings, []);
    time.clock.advance(10 + SLACK);
    assert.equal(told.pings, [1]);
  }
});

test("who pings is told when the peer has answered that ping or a later one, once, and not when the connection is lost before", () => {
  const { time, told, attachment } = attached();
  const answered: string[] = [];
  attachment.watch();
  attachment.ping(() => answered.push("first"));
  attachment.ping(() => answered.push("second"));
  attachment.ping(() => answered.push("third"));
  assert.equal(told.pings, [1, 2, 3]);
  attachment.pong(4);
  assert.equal(answered, []);
  attachment.pong(2);
  attachment.pong(2);
  assert.equal(answered, ["first", "second"]);
  attachment.stop();
  attachment.pong(3);
  assert.equal(answered, ["first", "second"]);
  time.clock.advance(TIMEOUT);
  assert.is(told.deaths, 0);
});

test("a ping that nobody answers is something outstanding", () => {
  const { time, told, attachment } = attached("server", false);
  attachment.watch();
  attachment.ping(() => {});
  time.clock.advance(TIMEOUT + SLACK);
  assert.is(told.deaths, 1);
});

test("a pong measures the last ping only; one that was never asked for is ignored", () => {
  const { time, told, attachment } = attached();
  attachment.watch();
  attachment.expect();
  attachment.pong(1);
  time.clock.advance(TIMEOUT / 3 + SLACK);
  assert.equal(told.pings, [1]);
  attachment.heard(20);
  attachment.pong(1);
  time.clock.advance(500 + SLACK);
  assert.equal(told.pings, [1, 2], "the roundtrip was short");
});

test("something long that arrives in pieces is told after a while, and only while it arrives", () => {
  const { time, told, attachment } = attached();
  attachment.heard(5_000);
  time.clock.advance(300);
  assert.is(told.alive, 0, "nobody was introduced yet");
  attachment.watch();
  attachment.heard(1_023);
  time.clock.advance(300);
  assert.is(told.alive, 0);
  attachment.heard(1);
  time.clock.advance(200 + SLACK);
  assert.is(told.alive, 1);
  time.clock.advance(1_000);
  assert.is(told.alive, 1);
  attachment.heard(2_000);
  attachment.receive(RecordKind.QUIET, frame(FrameType.PING, 1), () => true);
  time.clock.advance(300);
  assert.is(told.alive, 1, "it was complete meanwhile");
  attachment.heard(2_000);
  attachment.receive(RecordKind.QUIET, frame(FrameType.PING, 1).subarray(0, 1), () => true);
  time.clock.advance(300);
  assert.is(told.alive, 2, "a frame that spans records is not complete");
});

test("stopped, it holds no timer and nothing of a frame", () => {
  const { time, attachment } = attached("client");
  attachment.watch();
  attachment.receive(RecordKind.NORMAL, frame(FrameType.PING, 1).subarray(0, 1), () => true);
  attachment.heard(2_000);
  attachment.stop();
  assert.is(attachment.pendingBytes, 0);
  assert.is(time.timers.size, 0);
});

test.run();
