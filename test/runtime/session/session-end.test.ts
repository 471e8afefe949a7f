import { suite } from "uvu";
import * as assert from "uvu/assert";
import { endReasons } from "../../../runtime/errors/end-reason.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { EndError } from "../../../runtime/session/session-end.ts";
import { frame } from "../../support/session/frames.ts";
import { clientHello, closeFrame, Lone, openClient, openServer, welcome } from "../../support/session/session-end.ts";

const { SEND, ACK, PING } = FrameType;

const test = suite("session/end");

test("closing tells why, and how much was accepted; then the connection is closed, once", () => {
  const lone = openServer();
  lone.receive(frame(SEND, 1), frame(SEND, 2));
  lone.session.close("GOING_AWAY", "the house is closed");
  const close = lone.sentClose();
  assert.is(close.reason, endReasons.GOING_AWAY.number);
  assert.is(close.message, "the house is closed");
  assert.equal(close.accepted, [2n]);
  assert.equal(lone.ends, [{ reason: "GOING_AWAY", message: "the house is closed", by: "local", accepted: undefined }]);
  assert.is(lone.closes, 1);
  lone.session.close("CLOSED", "again");
  lone.session.connectionLost("TRANSPORT_CLOSED", "");
  assert.is(lone.ends.length, 1);
  assert.is(lone.closes, 1);
});

test("a closing frame takes along what waits, and leaves although the transport is full", () => {
  const lone = openServer();
  lone.writable = false;
  lone.session.begin(SEND).uint32(5);
  lone.session.end();
  lone.session.close("CLOSED", "");
  const types = lone.sent().map(({ type }) => type);
  assert.equal(types, [SEND, FrameType.CLOSE]);
});

test("a command whose handler ends the session at once was accepted", () => {
  const lone = openServer();
  lone.onFrame = () => lone.session.close("CLOSED", "");
  lone.receive(frame(SEND, 1), frame(SEND, 2));
  assert.equal(lone.sentClose().accepted, [1n]);
  assert.is(lone.frames.length, 1, "nothing is read after the end");
});

test("a line that cannot travel as it is does: cut to a bound, without lone surrogates", () => {
  const lone = openServer();
  lone.session.close("CLOSED", `\ud800${"x".repeat(100_000)}`);
  const { message } = lone.sentClose();
  assert.ok(message.length <= 1024);
  assert.match(message, /^\ufffdxxx/);
  assert.is(lone.ends.length, 1);
});

test("the peer's closing frame ends the session and is not answered", () => {
  for (const lone of [openServer(), openClient()]) {
    lone.session.begin(SEND).uint32(1);
    lone.session.end();
    lone.sent();
    lone.receive(closeFrame(3, "bye", 1n), frame(PING, 1));
    assert.equal(lone.ends, [{ reason: "GOING_AWAY", message: "bye", by: "peer", accepted: [1] }]);
    assert.equal(lone.sent(), []);
    assert.is(lone.closes, 1);
  }
});

test("a closing frame cannot take back what was acknowledged, and says nothing when it says no number", () => {
  const make = (): Lone => {
    const lone = openServer();
    for (let count = 0; count < 3; count++) {
      lone.session.begin(SEND).uint32(1);
      lone.session.end();
    }
    lone.sent();
    lone.receive(frame(ACK, 2));
    return lone;
  };
  const lying = make();
  lying.receive(closeFrame(1, "", 0n));
  assert.equal(lying.ends[0]!.accepted, [2]);
  const silent = make();
  silent.receive(closeFrame(1, ""));
  assert.is(silent.ends[0]!.accepted, undefined);
});

test("an unknown reason is read as a protocol error", () => {
  const lone = openServer();
  lone.receive(closeFrame(4000, "from the future", 0n));
  assert.is(lone.ends[0]!.reason, "PROTOCOL_ERROR");
});

test("a peer may close instead of saying hello, and its reason is told", () => {
  const client = new Lone("client");
  client.receive(closeFrame(16, "version 2 is spoken here", 0n));
  assert.is(client.ends[0]!.reason, "UNSUPPORTED_PROTOCOL");
  assert.is(client.ends[0]!.by, "peer");
  const server = new Lone("server");
  server.receive(closeFrame(1, "changed my mind", 0n));
  assert.is(server.ends[0]!.reason, "CLOSED");
  assert.is(server.hello, undefined);
});

test("another version of the protocol is refused by either side, in words", () => {
  const server = new Lone("server");
  server.receive(clientHello(2));
  assert.is(server.hello, undefined);
  assert.is(server.ends[0]!.reason, "UNSUPPORTED_PROTOCOL");
  assert.match(server.sentClose().message, /version 2 .* version 1/);
  const client = new Lone("client");
  client.receive(welcome(0));
  assert.is(client.ends[0]!.reason, "UNSUPPORTED_PROTOCOL");
});

test("a lost connection ends the session with the connection's reason", () => {
  const lone = openClient();
  lone.session.connectionLost("BAD_RECORD", "a record does not verify");
  assert.equal(lone.ends, [{ reason: "BAD_RECORD", message: "a record does not verify", by: "connection", accepted: undefined }]);
  assert.ok(lone.session.ended);
});

test("a peer that does not introduce itself in time is given up, whatever else it sends", () => {
  const server = new Lone("server");
  for (let second = 0; second < 6; second++) {
    server.session.heard();
    server.time.clock.advance(1000);
  }
  assert.is(server.ends[0]?.reason, "HANDSHAKE_TIMEOUT");
  assert.match(server.sentClose().message, /5000 ms/);
  const client = new Lone("client");
  client.time.clock.advance(5_010);
  assert.is(client.ends[0]?.reason, "HANDSHAKE_TIMEOUT");
  const open = openServer();
  open.time.clock.advance(6_000);
  assert.equal(open.ends, []);
});

test("a dead peer is found within the liveness timeout when something is outstanding", () => {
  const lone = openServer();
  lone.time.clock.advance(1000);
  lone.session.begin(SEND).uint32(1);
  lone.session.end();
  lone.time.clock.advance(9_040);
  assert.is(lone.ends[0]?.reason, "PEER_DEAD");
  assert.is(lone.closes, 1);
});

test("bytes that are no whole record yet are life too", () => {
  const lone = openServer();
  lone.waiting = true;
  for (let second = 0; second < 60; second += 5) {
    lone.time.clock.advance(5000);
    lone.session.heard();
  }
  assert.equal(lone.ends, []);
});

test("an ended session holds no timer, sends nothing and reads nothing", () => {
  const lone = openServer();
  lone.receive(frame(SEND, 1));
  lone.session.connectionLost("TRANSPORT_CLOSED", "");
  assert.is(lone.time.timers.size, 0);
  lone.receive(frame(SEND, 1), frame(PING, 1));
  lone.session.welcome();
  for (let count = 0; count < 1000; count++) {
    lone.session.begin(SEND).raw(new Uint8Array(1000));
    lone.session.end();
  }
  assert.not(lone.session.outboxes.normal.pending, "what is sent too late is not kept");
  lone.time.clock.advance(100_000);
  assert.equal(lone.sent(), []);
  assert.is(lone.frames.length, 1);
});

test("an end is an error with its reason for whoever wants one", () => {
  const error = new EndError("OVERLOADED", "", 500);
  assert.match(error.message, /^OVERLOADED: the server takes no new sessions now/);
  assert.is(error.retryAfterMs, 500);
  assert.is(new EndError("CLOSED", "bye").message, "CLOSED: bye");
});

test.run();
