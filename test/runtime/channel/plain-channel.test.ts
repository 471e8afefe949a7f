import { suite } from "uvu";
import * as assert from "uvu/assert";
import { PlainChannel, type PlainChannelOptions } from "../../../runtime/channel/plain-channel.ts";
import { carry, dial, End, listen, native, seededRandom, TestTime, text } from "../../support/channel/ends.ts";

function plain(time: TestTime, options: Partial<PlainChannelOptions> = {}): End {
  const end = new End();
  const role = options.role ?? "dialer";
  end.channel = new PlainChannel({ role, crypto: native, random: seededRandom(role.length), timers: time.timers, ...options }, end);
  end.channel.start();
  return end;
}

function connectPlain(): { time: TestTime; dialer: End; listener: End } {
  const time = new TestTime();
  const dialer = plain(time);
  const listener = plain(time, { role: "listener", limits: { streams: 7 } });
  carry(dialer, listener);
  return { time, dialer, listener };
}

const test = suite("channel/plain-channel");

test("two plain ends understand each other, in the clear", () => {
  const { time, dialer, listener } = connectPlain();
  assert.is(dialer.peer?.limits?.streams, 7);
  assert.is(listener.peer?.limits, undefined);
  assert.is(dialer.peer?.suite, undefined);
  assert.is(time.timers.size, 0);
  dialer.channel.send(3, text("in the clear"));
  assert.equal(dialer.sent[0], Uint8Array.of(0, 13, 3, ...text("in the clear")));
  listener.channel.send(0, new Uint8Array(0));
  dialer.channel.rotate();
  carry(dialer, listener);
  assert.equal(listener.records, [{ kind: 3, bytes: text("in the clear") }]);
  assert.equal(dialer.records, [{ kind: 0, bytes: new Uint8Array(0) }]);
  assert.equal(dialer.channel.exporter("session"), listener.channel.exporter("session"));
  assert.not.equal(dialer.channel.exporter("session"), dialer.channel.exporter("other"));
});

test("what does not fit one record is cut, into one output", () => {
  const { dialer, listener } = connectPlain();
  dialer.channel.send(0, new Uint8Array(200_000).fill(3));
  assert.is(dialer.sent.length, 1);
  carry(dialer, listener);
  assert.is(
    listener.records.reduce((sum, { bytes }) => sum + bytes.length, 0),
    200_000,
  );
  assert.is(listener.channel.stats.recordsIn, 4);
  assert.is(dialer.channel.stats.recordsOut, 4);
  assert.is(dialer.channel.stats.bytesOut, listener.channel.stats.bytesIn);
});

test("a plain end and a sealing one never understand each other, whichever dials", () => {
  for (const plainDials of [true, false]) {
    const time = new TestTime();
    const ends = plainDials ? [plain(time), listen(time)] : [dial(time), plain(time, { role: "listener" })];
    carry(ends[0]!, ends[1]!);
    time.clock.advance(11_000);
    for (const end of ends) {
      assert.is(end.peer, undefined);
      assert.ok(end.ending !== undefined);
    }
  }
});

test("a malformed hello, an empty record and a rotation's kind end the connection", () => {
  for (const [bytes, reason] of [
    [Uint8Array.of(0, 1, 0), "HANDSHAKE_FAILED"],
    [Uint8Array.of(0, 5, 0x5a, 0x53, 0x52, 0x56, 0), "HANDSHAKE_FAILED"],
    [Uint8Array.of(0x10, 0x01), "HANDSHAKE_FAILED"],
  ] as const) {
    const end = plain(new TestTime());
    end.channel.receive(bytes);
    assert.is(end.ending?.reason, reason);
  }
  for (const bytes of [Uint8Array.of(0, 0), Uint8Array.of(0, 1, 16)]) {
    const { listener } = connectPlain();
    listener.channel.receive(bytes);
    assert.is(listener.ending?.reason, "BAD_RECORD");
    listener.channel.send(0, text("nobody"));
    assert.equal(listener.sent, []);
  }
});

test("silence ends it with HANDSHAKE_TIMEOUT, and misuse throws", () => {
  const time = new TestTime();
  const end = plain(time, { handshakeTimeoutMs: 500 });
  assert.throws(() => end.channel.send(0, text("early")), /not established/);
  assert.throws(() => end.channel.exporter("x"), /not established/);
  assert.throws(() => end.channel.start(), /started before/);
  time.clock.advance(600);
  assert.is(end.ending?.reason, "HANDSHAKE_TIMEOUT");
  assert.throws(() => plain(time, { sealed: false } as object), /unknown option "sealed"/);
});

test.run();
