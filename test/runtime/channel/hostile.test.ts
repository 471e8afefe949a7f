import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Answer, Refusal_Reason } from "../../../generated/zserver/protocol/v1/handshake.ts";
import { concatBytes } from "../../../runtime/bytes/concat.ts";
import type { DialerOptions } from "../../../runtime/channel/options.ts";
import { packetOf } from "../../../runtime/channel/preamble.ts";
import { rotateStaticKey } from "../../../runtime/crypto/identity.ts";
import { encode } from "../../../runtime/schema/codec.ts";
import {
  carry,
  clientKey,
  connect,
  type DialerEnd,
  dial,
  type End,
  identity,
  type ListenerEnd,
  listen,
  native,
  seededRandom,
  TestTime,
  text,
} from "../../support/channel/ends.ts";
import { knock, message1Packet, offerPacket } from "../../support/channel/knock.ts";

const forgotten = rotateStaticKey(native, seededRandom(70), identity, { keepPrevious: 0 }).staticKeys;

/** Every way through a handshake. */
const ways: Readonly<Record<string, { readonly dialer: Partial<DialerOptions>; readonly staticKeys: typeof forgotten }>> = {
  NK: { dialer: {}, staticKeys: identity.staticKeys },
  XK: { dialer: { clientKey }, staticKeys: identity.staticKeys },
  XX: { dialer: { server: { identity: identity.pair.publicKey } }, staticKeys: identity.staticKeys },
  "NK, then XX": { dialer: {}, staticKeys: forgotten },
};

/** A handshake and one record each way in which everything carried passes through `tamper`, told how many bytes went that way before. */
function tampered(
  way: (typeof ways)[string],
  tamper: (from: "dialer" | "listener", bytes: Uint8Array, before: number) => Uint8Array,
): { time: TestTime; dialer: DialerEnd; listener: ListenerEnd } {
  const time = new TestTime();
  const dialer = dial(time, way.dialer);
  const listener = listen(time, { staticKeys: way.staticKeys });
  const before = { dialer: 0, listener: 0 };
  const move = (from: "dialer" | "listener", source: End, target: End): void => {
    for (const bytes of source.sent.splice(0)) {
      target.channel.receive(tamper(from, bytes, before[from]));
      before[from] += bytes.length;
    }
  };
  dialer.hook = (event) => event === "established" && dialer.channel.send(0, text("hello"));
  while (dialer.sent.length + listener.sent.length > 0) {
    move("dialer", dialer, listener);
    move("listener", listener, dialer);
  }
  return { time, dialer, listener };
}

const reasons = ["HANDSHAKE_FAILED", "HANDSHAKE_TIMEOUT", "BAD_RECORD", "UNKNOWN_SUITE", "OVERLOADED", "SERVER_KEY_MISMATCH"];

const test = suite("channel/hostile");

for (const [name, way] of Object.entries(ways)) {
  test(`${name}: any flipped byte of the handshake or the first record ends the connection with a reason, and establishes no listener`, () => {
    const whole = tampered(way, (_, bytes) => bytes);
    assert.equal(whole.listener.told, ["established", "record"]);
    const lengths = { dialer: whole.dialer.channel.stats.bytesOut, listener: whole.listener.channel.stats.bytesOut };
    for (const side of ["dialer", "listener"] as const) {
      for (let position = 0; position < lengths[side]; position++) {
        const mask = 1 << (position % 8);
        const { time, dialer, listener } = tampered(way, (from, bytes, before) => {
          if (from !== side || position < before || position >= before + bytes.length) return bytes;
          return bytes.map((byte, index) => (before + index === position ? byte ^ mask : byte));
        });
        time.clock.advance(11_000);
        const where = `${side} byte ${position}`;
        assert.is(listener.peer, undefined, where);
        assert.is(listener.records.length, 0, where);
        assert.ok(reasons.includes(listener.ending?.reason ?? ""), `${where}: ${listener.ending?.reason}`);
        // What the dialler sends after it is established is for the listener to judge.
        if (dialer.peer === undefined) assert.ok(reasons.includes(dialer.ending?.reason ?? ""), `${where}: ${dialer.ending?.reason}`);
        else assert.is(side, "dialer", where);
        assert.is(time.timers.size, dialer.ending === undefined ? 1 : 0, where);
      }
    }
  });
}

test("an offer that was replaced by a weaker one breaks the handshake", () => {
  // The client pins its server; an attacker who knows the server's keys, and so makes a right MAC, turns its offer into one of XX.
  const { dialer, listener } = tampered(ways.NK!, (from, bytes, before) => {
    if (from !== "dialer" || before > 0) return bytes;
    const weaker = offerPacket(["Noise_XX_25519_ChaChaPoly_SHA256"]);
    const at = 2 + ((bytes[0]! << 8) | bytes[1]!);
    const ephemeral = bytes.subarray(at + 2, at + 2 + 32);
    return concatBytes(weaker, message1Packet(weaker, ephemeral, identity.pair.publicKey));
  });
  assert.ok(listener.channel.stats.bytesOut > 0, "the listener took it for a client that asks for XX");
  assert.is(listener.peer, undefined);
  assert.is(dialer.ending?.reason, "HANDSHAKE_FAILED");
});

test("an unknown field added to the offer breaks the handshake, and one added to the answer is refused", () => {
  const grow = (bytes: Uint8Array): Uint8Array => {
    const length = (bytes[0]! << 8) | bytes[1]!;
    return concatBytes(packetOf(bytes.subarray(2, 2 + length), Uint8Array.of(0x78, 1)), bytes.subarray(2 + length));
  };
  for (const way of Object.values(ways)) {
    for (const side of ["dialer", "listener"] as const) {
      const { dialer, listener } = tampered(way, (from, bytes, before) => (from === side && before === 0 ? grow(bytes) : bytes));
      assert.is(dialer.peer, undefined);
      assert.is(listener.peer, undefined);
    }
  }
});

test("a forged UNKNOWN_KEY leads to an XX handshake that its own prologue breaks", () => {
  const time = new TestTime();
  const dialer = dial(time);
  dialer.take();
  const refusal = packetOf(encode(Answer, { outcome: { case: "refused", value: { reason: Refusal_Reason.UNKNOWN_KEY } } }));
  dialer.channel.receive(refusal);
  assert.is(dialer.sent.length, 1);
  carry(dialer, listen(time));
  assert.is(dialer.ending?.reason, "HANDSHAKE_FAILED");
});

test("a second refusal, a refusal without a reason and an answer without an outcome end the connection", () => {
  const refuse = (reason: number): Uint8Array => packetOf(encode(Answer, { outcome: { case: "refused", value: { reason } } }));
  const time = new TestTime();
  const twice = dial(time);
  twice.channel.receive(refuse(Refusal_Reason.UNKNOWN_KEY));
  twice.channel.receive(refuse(Refusal_Reason.UNKNOWN_KEY));
  assert.is(twice.ending?.reason, "HANDSHAKE_FAILED");
  for (const answer of [
    refuse(0),
    refuse(99),
    packetOf(),
    packetOf(encode(Answer, { outcome: { case: "accepted", value: "Noise_XX_25519_ChaChaPoly_SHA256" } })),
  ]) {
    const dialer = dial(time);
    dialer.channel.receive(answer);
    assert.is(dialer.ending?.reason, "HANDSHAKE_FAILED");
  }
});

/** An offer by hand, and the packet of message 1 for it. */
function offer(suites: readonly string[], keyHint?: Uint8Array, payload?: Uint8Array): Uint8Array {
  return knock(offerPacket(suites, keyHint), { payload });
}

const XX = "Noise_XX_25519_ChaChaPoly_SHA256";
const NK = "Noise_NK_25519_ChaChaPoly_SHA256";

test("wrong magic, another version, wrong hints, payloads and a second offer that is not XX end the connection", () => {
  const hint = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ["HTTP", concatBytes(text("GET / HTTP/1.1\r\n\r\n"))],
    ["magic", packetOf(text("ZSRW"), Uint8Array.of(1))],
    ["version", packetOf(text("ZSRV"), Uint8Array.of(2))],
    ["no version", packetOf(text("ZSRV"))],
    ["malformed offer", packetOf(text("ZSRV"), Uint8Array.of(1, 0x0a, 0xff))],
    ["hint with XX", offer([XX], hint)],
    ["no hint with NK", offer([NK])],
    ["long hint", offer([NK], new Uint8Array(9))],
    ["payload", offer([XX], undefined, text("eager"))],
    ["second offer NK", concatBytes(offer([NK], hint), offer([NK], hint))],
    ["small-order key", concatBytes(offerPacket([XX]), message1Packet(offerPacket([XX]), new Uint8Array(32)))],
  ];
  for (const [name, bytes] of cases) {
    const listener = listen(new TestTime());
    listener.channel.receive(bytes);
    assert.is(listener.ending?.reason, "HANDSHAKE_FAILED", name);
    assert.equal(listener.told, ["ended"], name);
  }
  const empty = listen(new TestTime());
  empty.channel.receive(offer([]));
  assert.is(empty.ending?.reason, "UNKNOWN_SUITE");
});

test("random bytes never throw and never establish", () => {
  const random = seededRandom(72);
  for (let round = 0; round < 300; round++) {
    const time = new TestTime();
    const bytes = random(1 + (round % 200));
    if (round % 2 === 0) bytes.set([0, Math.max(bytes.length - 2, 0), 0x5a, 0x53, 0x52, 0x56, 1].slice(0, bytes.length));
    for (const end of [dial(time), listen(time)]) {
      end.channel.receive(bytes);
      end.channel.receive(random(400));
      time.clock.advance(11_000);
      assert.is(end.peer, undefined);
      assert.is(end.told.length, 1);
    }
  }
});

test("after the end nothing is read, told or sent", () => {
  const { dialer, listener, time } = connect();
  listener.channel.receive(Uint8Array.of(0, 17, ...new Uint8Array(17)));
  assert.is(listener.ending?.reason, "BAD_RECORD");
  dialer.channel.send(0, text("unheard"));
  carry(dialer, listener);
  listener.channel.send(0, text("unsaid"));
  listener.channel.rotate();
  listener.channel.destroy();
  assert.equal(listener.sent, []);
  assert.is(listener.told.filter((event) => event === "ended").length, 1);
  assert.throws(() => listener.channel.exporter("session"), /not established/);
  dialer.channel.destroy();
  assert.is(time.timers.size, 0);
});

test.run();
