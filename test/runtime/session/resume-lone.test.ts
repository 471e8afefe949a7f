import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Resume, Resumed, Welcome } from "../../../generated/zserver/protocol/v1/session.ts";
import { RecordKind } from "../../../runtime/channel/channel.ts";
import { decode } from "../../../runtime/schema/codec.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { frame, message, type ParsedFrame } from "../../support/session/frames.ts";
import { TestLink } from "../../support/session/link.ts";
import { clientHello, Lone, welcome } from "../../support/session/session-end.ts";

const { SEND, ACK, RESUME, RESUMED, PING } = FrameType;

/** A session with four one-ways under way, of which two were acknowledged. */
function busy(role: "client" | "server"): Lone {
  const lone = new Lone(role, {}, 60_000);
  lone.receive(
    role === "server" ? clientHello() : frame(FrameType.WELCOME, message(Welcome, { protocol: 1, agent: "t", retentionMs: 60_000 })),
  );
  if (role === "server") lone.session.welcome();
  for (const number of [1, 2, 3, 4]) {
    lone.session.begin(SEND).uint32(number);
    lone.session.end();
    lone.sent();
  }
  lone.receive(frame(ACK, 2));
  return lone;
}

const resumed = (accepted: bigint): Uint8Array => frame(RESUMED, message(Resumed, { accepted: [accepted] }));
const numbers = (frames: readonly ParsedFrame[]): number[] => frames.filter(({ type }) => type === SEND).map(({ body }) => body[0]!);

const test = suite("session/resume-lone");

for (const [accepted, again] of [
  [2, [3, 4]],
  [3, [4]],
  [4, []],
] as const) {
  test(`a server whose client accepted ${accepted} of 4 sends ${again.length} again, behind its answer`, () => {
    const lone = busy("server");
    lone.session.connectionLost("TRANSPORT_FAILED", "");
    assert.ok(lone.session.detached);
    assert.equal(lone.lost, ["TRANSPORT_FAILED"]);
    const link = new TestLink();
    lone.session.resume(link, [accepted]);
    assert.is(link.frames[0]!.type, RESUMED);
    assert.equal(numbers(link.frames), [...again]);
    assert.is(link.frames.filter(({ type }) => type === ACK).length, 1, "what was accepted is told again");
    assert.is(link.records.at(-1)!.kind, again.length > 0 ? RecordKind.NORMAL : RecordKind.QUIET);
    assert.not(lone.session.detached);
    assert.is(lone.resumptions, 1);
  });
}

test("a client that acknowledged more than its RESUME says is sent only what is behind that", () => {
  const lone = busy("server");
  const link = new TestLink();
  lone.session.resume(link, [1]);
  assert.equal(decode(Resumed, link.frames[0]!.body).behind, [2n]);
  assert.equal(numbers(link.frames), [3, 4]);
});

for (const lie of [5, Number.MAX_SAFE_INTEGER]) {
  test(`a client that claims to have accepted ${lie} of 4 loses its session`, () => {
    const server = busy("server");
    server.session.resume(new TestLink(), [lie]);
    assert.is(server.ends[0]?.reason, "PROTOCOL_ERROR");
  });
}

for (const lie of [0, 1, 5, Number.MAX_SAFE_INTEGER]) {
  test(`a server that claims to have accepted ${lie} of 4, of which 2 were acknowledged, ends the session`, () => {
    const client = busy("client");
    client.session.connectionLost("TRANSPORT_FAILED", "");
    const link = new TestLink();
    const attempt = client.session.requestResume(
      link,
      { session: new Uint8Array(16), secret: new Uint8Array(32), attempt: 1, credentials: new Uint8Array(), entrancesVersion: 0n },
      () => {},
    );
    attempt.receive(RecordKind.QUIET, resumed(BigInt(lie)));
    assert.is(client.ends[0]?.reason, "PROTOCOL_ERROR");
    assert.equal(
      link.frames.map(({ type }) => type),
      [RESUME, FrameType.CLOSE],
      "the server is told",
    );
  });
}

test("a client says nothing but RESUME before the answer, and then everything", () => {
  const lone = busy("client");
  lone.session.connectionLost("PEER_DEAD", "");
  lone.session.begin(SEND).uint32(5);
  lone.session.end();
  lone.time.clock.flush();
  const link = new TestLink();
  const request = {
    session: new Uint8Array(16).fill(7),
    secret: new Uint8Array(32).fill(8),
    attempt: 9,
    credentials: new Uint8Array(),
    entrancesVersion: 0n,
  };
  const asked = lone.session.requestResume(link, request, () => {});
  lone.session.begin(SEND).uint32(6);
  lone.session.end();
  lone.time.clock.flush();
  assert.is(link.frames.length, 1);
  const { session, secret, attempt, accepted } = decode(Resume, link.frames[0]!.body);
  assert.equal([session[0], secret[0], attempt, accepted], [7, 8, 9n, [0n]]);
  asked.receive(RecordKind.QUIET, resumed(3n));
  assert.equal(numbers(link.frames), [4, 5, 6]);
  lone.session.begin(SEND).uint32(7);
  lone.session.end();
  lone.time.clock.flush();
  assert.equal(numbers(link.frames), [4, 5, 6, 7]);
});

test("what was never given to a connection cannot have been accepted", () => {
  const lone = busy("client");
  lone.session.connectionLost("TRANSPORT_CLOSED", "");
  lone.session.begin(SEND).uint32(5);
  lone.session.end();
  lone.time.clock.flush();
  assert.is(lone.session.outboxes.normal.flushed, 4);
  const request = {
    session: new Uint8Array(16),
    secret: new Uint8Array(32),
    attempt: 1,
    credentials: new Uint8Array(),
    entrancesVersion: 0n,
  };
  lone.session.requestResume(new TestLink(), request, () => {}).receive(RecordKind.QUIET, resumed(5n));
  assert.is(lone.ends[0]?.reason, "PROTOCOL_ERROR");
});

test("a frame that had come in part is forgotten, and comes again as a whole", () => {
  const lone = busy("server");
  const whole = frame(SEND, 9, 9, 9);
  lone.receive(whole.subarray(0, 3));
  lone.session.connectionLost("TRANSPORT_FAILED", "");
  lone.session.resume(new TestLink(), [2]);
  assert.is(lone.session.owed.accepted, 0);
  lone.receive(whole);
  assert.equal(lone.frames, [{ type: SEND, size: 3 }]);
});

test("the first frame after RESUMED confirms the successor of the secret, once", () => {
  const lone = busy("server");
  lone.session.connectionLost("TRANSPORT_FAILED", "");
  lone.session.resume(new TestLink(), [2]);
  assert.is(lone.confirmations, 0);
  lone.receive(frame(PING, 1));
  lone.receive(frame(PING, 2));
  assert.is(lone.confirmations, 1);
});

test("an answer that does not come in time makes the client look for another connection, and one that comes from nowhere changes nothing", async () => {
  const lone = busy("client");
  lone.session.connectionLost("TRANSPORT_FAILED", "");
  const first = new TestLink();
  const request = {
    session: new Uint8Array(16),
    secret: new Uint8Array(32),
    attempt: 1,
    credentials: new Uint8Array(),
    entrancesVersion: 0n,
  };
  const attempt = lone.session.requestResume(first, request, () => {});
  lone.time.clock.advance(5_000);
  assert.not(await attempt.granted);
  assert.is(first.closes, 1);
  attempt.receive(RecordKind.QUIET, resumed(2n));
  attempt.connectionLost();
  assert.ok(lone.session.detached);
  assert.equal([lone.lost, lone.resumptions], [["TRANSPORT_FAILED"], 0], "the connection was lost once");
});

test("the time without a connection is not begun anew by attempts that fail", () => {
  const lone = busy("client");
  lone.session.connectionLost("TRANSPORT_FAILED", "");
  for (let attempt = 1; attempt < 20 && lone.ends.length === 0; attempt++) {
    const link = new TestLink();
    const asked = lone.session.requestResume(
      link,
      { session: new Uint8Array(16), secret: new Uint8Array(32), attempt, credentials: new Uint8Array(), entrancesVersion: 0n },
      () => {},
    );
    lone.time.clock.advance(4_000);
    asked.connectionLost();
  }
  assert.is(lone.ends[0]?.reason, "SESSION_EXPIRED");
  assert.ok(lone.time.clock.now() <= 64_000);
});

for (const how of ["is lost", "is replaced"]) {
  test(`a connection that took no more when it ${how} does not stop the next one`, () => {
    const lone = busy("server");
    const send = (number: number): void => {
      lone.session.begin(SEND).uint32(number);
      lone.session.end();
      lone.time.clock.flush();
    };
    lone.writable = false;
    send(5);
    if (how === "is lost") lone.session.connectionLost("TRANSPORT_FAILED", "");
    if (how === "is lost") send(6);
    const link = new TestLink();
    lone.session.resume(link, [4]);
    const before = how === "is lost" ? [5, 6] : [5];
    assert.equal(numbers(link.frames), before);
    send(7);
    assert.equal(numbers(link.frames), [...before, 7]);
  });
}

test("a side without retention ends with its connection", () => {
  const lone = new Lone("client");
  lone.receive(welcome());
  lone.session.connectionLost("TRANSPORT_CLOSED", "");
  assert.is(lone.ends[0]?.by, "connection");
});

test.run();
