import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ClientHello } from "../../../generated/zserver/protocol/v1/session.ts";
import { RecordKind } from "../../../runtime/channel/channel.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import { decode } from "../../../runtime/schema/codec.ts";
import { CreditWindow } from "../../../runtime/session/credit.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { defaultLimits } from "../../../runtime/session/limits.ts";
import { frame, join, numbersOf, rawFrame } from "../../support/session/frames.ts";
import { clientHello, closeFrame, Lone, openClient, openServer, welcome } from "../../support/session/session-end.ts";

const { ACK, CREDIT, PING, PADDING, PONG, CLOSE, SEND, ITEM, REQUEST, CLIENT_HELLO, WELCOME } = FrameType;

/** Puts a numbered frame of about `size` bytes into the session. */
function send(lone: Lone, size = 10): void {
  lone.session.begin(SEND).raw(new Uint8Array(size));
  lone.session.end();
}

const test = suite("session/session-core");

test("a client says hello first, in a quiet record, and is open with the server's welcome", () => {
  const lone = new Lone("client");
  lone.time.clock.flush();
  assert.is(lone.records[0]!.kind, RecordKind.QUIET);
  const [hello] = lone.sent();
  assert.is(hello!.type, CLIENT_HELLO);
  const said = decode(ClientHello, hello!.body);
  assert.is(said.protocol, 1);
  assert.is(said.limits!.messageBytes, defaultLimits.messageBytes);
  assert.is(said.anonymous, true);
  lone.receive(welcome());
  assert.is(lone.hello!.agent, "by hand");
  assert.equal(lone.ends, []);
});

test("a server says nothing before the hello, and welcomes when it is told to", () => {
  const lone = new Lone("server");
  assert.equal(lone.sent(), []);
  lone.receive(clientHello());
  assert.equal(lone.sent(), []);
  lone.session.welcome();
  assert.equal(
    lone.sent().map(({ type }) => type),
    [WELCOME],
  );
});

test("until a client is let in, nothing of it is heard but CLOSE: not even a part of a frame behind its hello", () => {
  const behind = { "a command": frame(SEND, 1), "a part of one": frame(SEND, 1).subarray(0, 2), "something ignorable": frame(PADDING) };
  for (const [what, bytes] of Object.entries(behind)) {
    const together = new Lone("server");
    together.receive(join(clientHello(), bytes));
    assert.is(together.ends[0]?.reason, "PROTOCOL_ERROR", `${what} in the record of the hello`);
    assert.is(together.hello, undefined);
    const apart = new Lone("server");
    apart.receive(clientHello(), bytes);
    assert.is(apart.ends[0]?.reason, "PROTOCOL_ERROR", `${what} in the next record`);
    assert.equal(apart.frames, []);
  }
  const gone = new Lone("server");
  gone.receive(clientHello(), closeFrame(1, "never mind"));
  assert.is(gone.ends[0]?.reason, "CLOSED");
  gone.session.welcome();
  assert.equal(gone.sent(), []);
});

test("a quiet turn leaves as a quiet record, one with a command does not", () => {
  const lone = openServer();
  lone.receive(frame(PING, 1));
  lone.time.clock.flush();
  send(lone);
  lone.time.clock.flush();
  assert.equal(
    lone.records.map(({ kind }) => kind),
    [RecordKind.QUIET, RecordKind.NORMAL],
  );
});

test("a ping is answered with its number, the last one of many, and an answer is awaited for one's own", () => {
  const lone = openServer();
  for (let number = 1; number <= 1000; number++) lone.receive(frame(PING, number));
  const frames = lone.sent();
  assert.equal(
    frames.map(({ type }) => type),
    [PONG],
  );
  assert.equal(numbersOf(frames[0]!.body, 1), [1000]);
});

test("what is accepted is acknowledged once, after 250 ms or with whatever goes before", () => {
  const lone = openServer();
  for (let count = 0; count < 3; count++) lone.receive(frame(SEND, count));
  assert.equal(lone.sent(), []);
  lone.time.clock.advance(250);
  const [ack, ...others] = lone.sent();
  assert.equal([ack!.type, ...numbersOf(ack!.body, 1)], [ACK, 3]);
  assert.equal(others, []);
  lone.receive(frame(SEND, 9));
  send(lone);
  assert.equal(
    lone.sent().map(({ type }) => type),
    [SEND, ACK],
  );
  lone.time.clock.advance(1000);
  assert.equal(lone.sent(), []);
});

test("an ignorable frame of an unknown type is skipped, and counted when it is sequenced", () => {
  const lone = openServer();
  lone.receive(rawFrame((40 << 2) | 2, Uint8Array.of(1)), rawFrame((41 << 2) | 3), rawFrame(2, new Uint8Array(50)));
  lone.time.clock.advance(250);
  const [ack] = lone.sent();
  assert.equal([ack!.type, ...numbersOf(ack!.body, 1)], [ACK, 1]);
  assert.equal(lone.ends, []);
});

test("credit is told with the next flush, the newest state of each window only, and not for what is over", () => {
  const lone = openServer();
  const window = new CreditWindow(2, 100);
  for (let count = 0; count < 2; count++) {
    window.receive(10);
    window.take(10);
    lone.session.owed.grant(4, window);
  }
  lone.session.owed.grant(6, new CreditWindow(1, 1));
  lone.session.owed.forget(6);
  const frames = lone.sent();
  assert.is(frames.length, 1);
  assert.equal([frames[0]!.type, ...numbersOf(frames[0]!.body, 3)], [CREDIT, 4, 4, 120]);
  lone.receive(frame(CREDIT, 4, 5, 6));
  assert.equal(lone.credits, [[4, 5, 6, 0]]);
});

test("while the transport is full nothing leaves, nothing piles up, and all of it leaves afterwards", () => {
  const lone = openServer();
  lone.writable = false;
  for (let number = 1; number <= 1000; number++) {
    lone.receive(frame(PING, number), frame(SEND, 1));
    lone.time.clock.flush();
  }
  assert.equal(lone.records, []);
  assert.not(lone.session.outboxes.normal.pending);
  lone.writable = true;
  lone.session.drained();
  assert.equal(
    lone.sent().map(({ type, body }) => [type, ...numbersOf(body, 1)]),
    [
      [ACK, 1000],
      [PONG, 1000],
    ],
  );
});

test("room for streams is told when a long turn has left", () => {
  const lone = openServer();
  lone.session.begin(ITEM).raw(new Uint8Array(300_000));
  lone.session.end();
  assert.is(lone.rooms, 0);
  lone.time.clock.flush();
  assert.is(lone.rooms, 1);
});

test("room is told once an acknowledgement makes it", () => {
  const lone = openServer({ outboxBytes: 100 });
  send(lone, 120);
  lone.time.clock.flush();
  assert.not(lone.session.outboxes.normal.room);
  lone.receive(frame(ACK, 1));
  assert.is(lone.rooms, 1);
  lone.receive(frame(ACK, 1));
  assert.is(lone.rooms, 1);
});

test("an acknowledgement may carry numbers of further classes", () => {
  const lone = openServer();
  send(lone);
  lone.time.clock.flush();
  lone.receive(frame(ACK, 1, 0, 0));
  assert.not(lone.session.outboxes.normal.unacknowledged);
  assert.equal(lone.ends, []);
});

test("a control frame costs no further turn: a session that answered a ping rests", () => {
  const lone = openServer();
  lone.receive(frame(PING, 1));
  assert.is(lone.time.clock.turn(), 1);
  assert.is(lone.records.length, 1);
  assert.is(lone.time.clock.turn(), 0);
});

test("a bug that shows while a frame is handled is reported, ends the session, and tells the peer nothing of it", () => {
  const lone = openServer();
  const bug = new RangeError("secret of the house");
  lone.onFrame = () => {
    throw bug;
  };
  lone.receive(frame(REQUEST, 1));
  assert.equal(lone.errors, [bug]);
  assert.is(lone.ends[0]!.reason, "PROTOCOL_ERROR");
  assert.not.match(lone.sentClose().message, /secret/);
});

test("what a decoder finds malformed is the peer's fault, not a bug", () => {
  const lone = openServer();
  lone.onFrame = () => {
    throw new CommandError("INVALID_ARGUMENT", "malformed message");
  };
  lone.receive(frame(REQUEST, 1));
  assert.equal(lone.errors, []);
  assert.is(lone.ends[0]!.reason, "PROTOCOL_ERROR");
});

test("two sessions understand each other", () => {
  const client = new Lone("client");
  const server = new Lone("server");
  const carry = (): void => {
    for (let moved = 1; moved > 0; ) {
      client.time.clock.flush();
      server.time.clock.flush();
      const [up, down] = [client.records.splice(0), server.records.splice(0)];
      moved = up.length + down.length;
      for (const { kind, bytes } of up) server.receiveAs(kind, bytes);
      for (const { kind, bytes } of down) client.receiveAs(kind, bytes);
    }
  };
  server.onOpened = () => server.session.welcome();
  carry();
  assert.ok(client.hello && server.hello);
  send(client);
  send(client);
  send(server);
  carry();
  server.time.clock.advance(250);
  client.time.clock.advance(250);
  carry();
  assert.is(client.session.outboxes.normal.accepted, 2);
  assert.is(server.session.outboxes.normal.accepted, 1);
  client.session.close("CLOSED", "done");
  carry();
  assert.is(server.ends[0]!.by, "peer");
  assert.is(CLOSE, 7);
});

test("the client's session is the same in its control frames", () => {
  const lone = openClient();
  lone.receive(frame(PING, 3));
  assert.equal(
    lone.sent().map(({ type }) => type),
    [PONG],
  );
});

test.run();
