import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Answer, ServerHello } from "../../../generated/zserver/protocol/v1/handshake.ts";
import { concatBytes } from "../../../runtime/bytes/concat.ts";
import {
  HALF_OPEN_BYTES,
  HANDSHAKE_MESSAGE_BYTES,
  MIN_RECORD_BYTES,
  PREAMBLE_BYTES,
  RECORD_BYTES,
} from "../../../runtime/channel/limits.ts";
import { MESSAGE_MAC_BYTES } from "../../../runtime/channel/message-mac.ts";
import { packetOf } from "../../../runtime/channel/preamble.ts";
import { HandshakeState } from "../../../runtime/crypto/noise/handshake-state.ts";
import { encode } from "../../../runtime/schema/codec.ts";
import { carry, dial, identity, listen, native, seededRandom, TestTime, text } from "../../support/channel/ends.ts";
import { knock, offerPacket } from "../../support/channel/knock.ts";

const XX = "Noise_XX_25519_ChaChaPoly_SHA256";

/** A field that no schema of ours knows, `length` bytes in all: 4 to 130, or more than 130. */
function unknownField(length: number): Uint8Array {
  const body = length - (length < 131 ? 3 : 4);
  const size = body < 128 ? [body] : [(body & 0x7f) | 0x80, body >>> 7];
  return Uint8Array.of(0x82, 0x01, ...size, ...new Uint8Array(body));
}

function offerOf(length: number): Uint8Array {
  const packet = offerPacket([XX], undefined, unknownField(length - (offerPacket([XX]).length - 2)));
  assert.is(packet.length, 2 + length);
  return packet;
}

const test = suite("channel/limits");

test("the limits are those of the specification", () => {
  assert.equal([PREAMBLE_BYTES, HANDSHAKE_MESSAGE_BYTES, HALF_OPEN_BYTES, RECORD_BYTES, MIN_RECORD_BYTES], [256, 4096, 16_384, 65_535, 17]);
});

test("an offer of 256 bytes is read, one of 257 is not", () => {
  for (const [length, taken] of [
    [PREAMBLE_BYTES, true],
    [PREAMBLE_BYTES + 1, false],
  ] as const) {
    const listener = listen(new TestTime());
    const offer = offerOf(length);
    listener.channel.receive(knock(offer));
    assert.is(listener.ending?.reason, taken ? undefined : "HANDSHAKE_FAILED");
    assert.is(listener.sent.length, taken ? 1 : 0);
  }
});

test("an answer of 256 bytes is read, one of 257 is not", () => {
  for (const length of [PREAMBLE_BYTES, PREAMBLE_BYTES + 1]) {
    const dialer = dial(new TestTime());
    dialer.take();
    const refusal = encode(Answer, { outcome: { case: "refused", value: { reason: 1 } } });
    dialer.channel.receive(packetOf(refusal, unknownField(length - refusal.length)));
    // Read, it makes the dialler offer XX.
    assert.is(dialer.sent.length, length === PREAMBLE_BYTES ? 1 : 0);
    assert.is(dialer.ending?.reason, length === PREAMBLE_BYTES ? undefined : "HANDSHAKE_FAILED");
  }
});

test("a handshake message of 4096 bytes is read, one of 4097 is not", () => {
  for (const length of [HANDSHAKE_MESSAGE_BYTES, HANDSHAKE_MESSAGE_BYTES + 1]) {
    const dialer = dial(new TestTime(), { server: { identity: identity.pair.publicKey } });
    const first = dialer.take();
    const offerLength = 2 + ((first[0]! << 8) | first[1]!);
    const { pair, statement } = identity.staticKeys[0];
    const noise = new HandshakeState({
      crypto: native,
      random: seededRandom(81),
      protocolName: XX,
      initiator: false,
      prologue: first.subarray(0, offerLength),
      localStatic: pair,
    });
    noise.readMessage(first.subarray(offerLength + 2, -MESSAGE_MAC_BYTES));
    const hello = encode(ServerHello, { statement, limits: {} });
    const keysAndTags = 32 + 48 + 16;
    const message2 = noise.writeMessage(concatBytes(hello, unknownField(length - keysAndTags - hello.length)));
    assert.is(message2.length, length);
    dialer.channel.receive(concatBytes(packetOf(encode(Answer, { outcome: { case: "accepted", value: XX } })), packetOf(message2)));
    assert.is(dialer.told[0], length === HANDSHAKE_MESSAGE_BYTES ? "established" : "ended");
    assert.is(dialer.ending?.reason, length === HANDSHAKE_MESSAGE_BYTES ? undefined : "HANDSHAKE_FAILED");
  }
});

test("a client's first record may fill 16 KiB with all that came before it, and not a byte more", () => {
  for (const excess of [0, 1]) {
    const time = new TestTime();
    const dialer = dial(time);
    const listener = listen(time);
    carry(dialer, listener);
    const room = HALF_OPEN_BYTES - dialer.channel.stats.bytesOut - 2;
    // The header alone decides, before anything is kept.
    listener.channel.receive(Uint8Array.of((room + excess) >>> 8, (room + excess) & 0xff));
    assert.is(listener.ending?.reason, excess === 0 ? undefined : "HANDSHAKE_FAILED");
    listener.channel.receive(new Uint8Array(room));
    assert.is(listener.ending?.reason, excess === 0 ? "BAD_RECORD" : "HANDSHAKE_FAILED");
  }
});

test("whatever a dialler sends first, its first record fits into what the listener accepts", () => {
  const time = new TestTime();
  const dialer = dial(time);
  const listener = listen(time);
  carry(dialer, listener);
  dialer.channel.send(0, new Uint8Array(200_000).fill(7));
  const [output] = dialer.sent;
  const first = 2 + ((output![0]! << 8) | output![1]!);
  assert.is(dialer.channel.stats.bytesOut - output!.length + first, HALF_OPEN_BYTES);
  carry(dialer, listener);
  assert.is(
    listener.records.reduce((sum, { bytes }) => sum + bytes.length, 0),
    200_000,
  );
  assert.is(listener.records.length, 4);
});

test("bytes after the handshake's end count only up to the first verified record", () => {
  const time = new TestTime();
  const dialer = dial(time);
  const listener = listen(time);
  carry(dialer, listener);
  dialer.channel.send(0, text("first"));
  dialer.channel.send(0, new Uint8Array(60_000));
  listener.channel.receive(dialer.take());
  assert.equal(listener.told, ["established", "record", "record"]);
});

test.run();
