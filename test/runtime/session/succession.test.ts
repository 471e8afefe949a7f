import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Resume, Resumed, Welcome } from "../../../generated/zserver/protocol/v1/session.ts";
import { RecordKind } from "../../../runtime/channel/channel.ts";
import { endReasons } from "../../../runtime/errors/end-reason.ts";
import { decode } from "../../../runtime/schema/codec.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import type { ResumeAttempt } from "../../../runtime/session/resume-attempt.ts";
import { frame, join, message } from "../../support/session/frames.ts";
import { TestLink } from "../../support/session/link.ts";
import { closeFrame, Lone } from "../../support/session/session-end.ts";

const { SEND, ACK, CLOSE, RESUME, RESUMED } = FrameType;
const superseded = closeFrame(endReasons.SUPERSEDED.number, "");
const resumed = (accepted: bigint, ...behind: readonly bigint[]): Uint8Array =>
  frame(RESUMED, message(Resumed, { accepted: [accepted], behind }));
const send = (number: number): Uint8Array => frame(SEND, number);

/** A client that has accepted one frame, asks to go on over another connection, and accepts two more over the one it has. */
function asking(): { readonly lone: Lone; readonly link: TestLink; readonly attempt: ResumeAttempt; readonly accepted: number[] } {
  const lone = new Lone("client", {}, 60_000);
  const accepted: number[] = [];
  lone.onFrame = (_type, body) => void accepted.push(body.uint32());
  lone.receive(frame(FrameType.WELCOME, message(Welcome, { protocol: 1, agent: "t", retentionMs: 60_000 })), send(1));
  const link = new TestLink();
  const request = {
    session: new Uint8Array(16),
    secret: new Uint8Array(32),
    attempt: 1,
    credentials: new Uint8Array(),
    entrancesVersion: 0n,
  };
  const attempt = lone.session.requestResume(link, request, () => {});
  lone.sent();
  lone.receive(send(2), send(3));
  return { lone, link, attempt, accepted };
}

const test = suite("session/succession");

test("until the answer everything goes over the connection in use, and nothing but RESUME over the new one", () => {
  const { lone, link, accepted } = asking();
  assert.equal(accepted, [1, 2, 3]);
  lone.session.begin(SEND).uint32(7);
  lone.session.end();
  lone.time.clock.advance(30);
  assert.equal(
    lone.sent().map(({ type }) => type),
    [SEND, ACK],
  );
  assert.equal(
    link.frames.map(({ type }) => type),
    [RESUME],
  );
  assert.equal(decode(Resume, link.frames[0]!.body).accepted, [1n]);
});

for (const [behind, again] of [
  [[], [2, 3, 4, 5]],
  [[1n], [2, 3, 4, 5]],
  [[2n], [3, 4, 5]],
  [[3n], [4, 5]],
] as const) {
  test(`a server that goes on behind ${behind[0] ?? "what RESUME said"} repeats nothing that runs twice`, async () => {
    const { lone, link, attempt, accepted } = asking();
    attempt.receive(RecordKind.NORMAL, join(resumed(0n, ...behind), send(again[0])));
    lone.receive(...again.slice(1).map(send));
    assert.equal(accepted, [1, 2, 3, 4, 5]);
    assert.is(lone.session.owed.accepted, 5);
    assert.ok(await attempt.granted);
    assert.equal([lone.closes, lone.resumptions, lone.lost], [1, 1, []], "the older connection is closed, and nobody was without one");
    assert.equal(link.frames.at(-1)!.type, ACK);
  });
}

for (const lie of [0n, 4n]) {
  test(`a server that claims to go on behind ${lie}, which is not from 1 to 3, ends the session`, () => {
    const { lone, link, attempt } = asking();
    attempt.receive(RecordKind.NORMAL, resumed(0n, lie));
    assert.is(lone.ends[0]?.reason, "PROTOCOL_ERROR");
    assert.is(link.frames.at(-1)!.type, CLOSE);
  });
}

test("SUPERSEDED over the older connection before the answer is no loss", () => {
  const { lone, attempt, accepted } = asking();
  lone.receive(superseded);
  assert.equal([lone.ends, lone.lost, lone.session.detached], [[], [], true]);
  attempt.receive(RecordKind.NORMAL, join(resumed(0n, 3n), send(4)));
  assert.equal([lone.resumptions, lone.lost, lone.session.detached, accepted.at(-1)], [1, [], false, 4]);
});

test("SUPERSEDED before the answer, and then no answer: the connection is missed once, and the session waits for another one", () => {
  const { lone, attempt } = asking();
  lone.receive(superseded);
  attempt.connectionLost();
  assert.equal([lone.ends, lone.lost, lone.session.detached], [[], ["SUPERSEDED"], true]);
});

test("SUPERSEDED before the answer, and then the end of the session: that it had no connection any more is told first", () => {
  const { lone } = asking();
  lone.receive(superseded);
  lone.session.close("CLOSED", "");
  assert.equal([lone.lost, lone.ends.map(({ reason }) => reason)], [["SUPERSEDED"], ["CLOSED"]]);
});

test("an attempt whose connection is lost may have been granted: SUPERSEDED that comes later is its own doing", () => {
  const { lone, attempt } = asking();
  attempt.connectionLost();
  assert.not(lone.session.detached);
  lone.receive(superseded);
  assert.equal([lone.ends, lone.lost, lone.session.detached], [[], ["SUPERSEDED"], true]);
});

test("SUPERSEDED over a connection that nobody asked to leave ends the session, also after one that was left", () => {
  const { lone, attempt } = asking();
  attempt.receive(RecordKind.NORMAL, resumed(0n, 3n));
  lone.receive(superseded);
  assert.is(lone.ends[0]?.reason, "SUPERSEDED");
});

for (const reason of ["SESSION_UNKNOWN", "SUPERSEDED", "ADMISSION_DENIED", "HANDSHAKE_TIMEOUT"] as const) {
  test(`${reason} instead of RESUMED changes nothing for a session that has a connection`, async () => {
    const { lone, link, attempt, accepted } = asking();
    attempt.receive(RecordKind.NORMAL, closeFrame(endReasons[reason].number, ""));
    assert.not(await attempt.granted);
    lone.receive(send(4));
    assert.equal([lone.ends, lone.lost, accepted, link.closes], [[], [], [1, 2, 3, 4], 1]);
  });
}

test("no answer in time ends the new connection and nothing else", async () => {
  const { lone, link, attempt } = asking();
  lone.time.clock.advance(5_000);
  assert.not(await attempt.granted);
  assert.equal([lone.ends, lone.lost, link.closes], [[], [], 1]);
});

test("the older connection is lost while the answer is awaited: the answer still counts", () => {
  const { lone, attempt, accepted } = asking();
  lone.session.connectionLost("TRANSPORT_FAILED", "");
  assert.equal(lone.lost, ["TRANSPORT_FAILED"]);
  attempt.receive(RecordKind.NORMAL, join(resumed(0n, 1n), send(2), send(3), send(4)));
  assert.equal([lone.resumptions, accepted], [1, [1, 2, 3, 4]]);
});

test("a session that ends meanwhile says so over both connections", () => {
  const { lone, link, attempt } = asking();
  lone.session.close("CLOSED", "enough");
  assert.is(lone.sentClose().message, "enough");
  assert.is(link.frames.at(-1)!.type, CLOSE);
  assert.equal([lone.closes, link.closes], [1, 1]);
  attempt.receive(RecordKind.NORMAL, resumed(0n, 1n));
  assert.equal([lone.ends.length, lone.resumptions], [1, 0]);
});

test("what is no answer ends the session", () => {
  for (const wrong of [frame(FrameType.PING, 1), send(2)]) {
    const { lone, attempt } = asking();
    attempt.receive(RecordKind.NORMAL, wrong);
    assert.is(lone.ends[0]?.reason, "PROTOCOL_ERROR");
  }
});

test.run();
