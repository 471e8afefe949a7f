import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Answer, Refusal_Reason } from "../../../generated/zserver/protocol/v1/handshake.ts";
import { keyHint } from "../../../runtime/channel/key-hint.ts";
import type { Knock, ListenerOptions } from "../../../runtime/channel/options.ts";
import { packetOf } from "../../../runtime/channel/preamble.ts";
import type { SuiteName } from "../../../runtime/channel/suite.ts";
import { rotateStaticKey, serverKeyOf } from "../../../runtime/crypto/identity.ts";
import { decode, encode } from "../../../runtime/schema/codec.ts";
import {
  carry,
  clientKey,
  dial,
  identity,
  type ListenerEnd,
  listen,
  native,
  otherIdentity,
  portable,
  seededRandom,
  TestTime,
} from "../../support/channel/ends.ts";
import { type KnockOptions, knock, offerPacket } from "../../support/channel/knock.ts";
import { countingAgreements } from "../../support/crypto/counting.ts";

const NK: SuiteName = "Noise_NK_25519_ChaChaPoly_SHA256";
const XK: SuiteName = "Noise_XK_25519_ChaChaPoly_SHA256";
const XX: SuiteName = "Noise_XX_25519_ChaChaPoly_SHA256";
const current = identity.staticKeys[0];
const pinned = { staticKey: current.pair.publicKey, serverKey: current.pair.publicKey };
const other = otherIdentity.staticKeys[0].pair.publicKey;

/** A first write by hand: an offer of this suite, and its message 1. */
function first(suite: SuiteName, options: KnockOptions = {}): Uint8Array {
  return knock(offerPacket([suite], options.staticKey && keyHint(native, options.staticKey)), { suite, ...options });
}

/** What a listener makes of bytes: how it ends, and how many times it multiplied. */
function meet(bytes: Uint8Array, options: Partial<ListenerOptions> = {}): { listener: ListenerEnd; agreements: number } {
  const { crypto, made } = countingAgreements(native);
  const listener = listen(new TestTime(), { ...options, crypto });
  listener.channel.receive(bytes);
  return { listener, agreements: made() };
}

/** The same write, its last packet cut by `by` bytes. */
function shortened(bytes: Uint8Array, by: number): Uint8Array {
  const at = 2 + ((bytes[0]! << 8) | bytes[1]!);
  const length = ((bytes[at]! << 8) | bytes[at + 1]!) - by;
  return Uint8Array.from([...bytes.subarray(0, at), length >>> 8, length & 0xff, ...bytes.subarray(at + 2, bytes.length - by)]);
}

const test = suite("channel/message-mac");

test("with a MAC for this server message 1 is answered, which costs a Diffie-Hellman", () => {
  for (const bytes of [first(NK, pinned), first(XK, pinned), first(XX, { serverKey: identity.pair.publicKey }), first(XX)]) {
    const { listener, agreements } = meet(bytes);
    assert.is(listener.ending, undefined);
    assert.is(listener.sent.length, 1);
    assert.ok(agreements >= 2, "what the other cases are spared");
  }
});

test("a MAC that is wrong, missing or cut short ends the connection, and costs no Diffie-Hellman", () => {
  const right = first(NK, pinned);
  const flipped = Array.from({ length: 16 }, (_, index) => right.with(right.length - 1 - index, right.at(-1 - index)! ^ 0x40));
  const cases = [...flipped, shortened(right, 1), shortened(right, 16), shortened(right, 64), first(NK, { ...pinned, serverKey: other })];
  cases.push(first(NK, { ...pinned, serverKey: new Uint8Array(0) }), first(XK, { ...pinned, serverKey: identity.pair.publicKey }));
  for (const [index, bytes] of cases.entries()) {
    const { listener, agreements } = meet(bytes);
    assert.is(listener.ending?.reason, "HANDSHAKE_FAILED", `case ${index}`);
    assert.match(listener.ending!.message, /MAC/);
    assert.equal([agreements, listener.sent.length], [0, 0], `case ${index}`);
  }
});

test("an XX offer with a MAC for another server is told so in clear, and costs no Diffie-Hellman", () => {
  for (const serverKey of [otherIdentity.pair.publicKey, current.pair.publicKey]) {
    const { listener, agreements } = meet(first(XX, { serverKey }));
    assert.is(listener.ending?.reason, "SERVER_KEY_MISMATCH");
    const { outcome } = decode(Answer, listener.sent[0]!.subarray(2));
    assert.equal(outcome?.case === "refused" && [outcome.value.reason, outcome.value.identity], [
      Refusal_Reason.WRONG_SERVER,
      identity.pair.publicKey,
    ]);
    assert.equal([agreements, listener.sent.length], [0, 1]);
  }
});

test("a client that asked for no server, or is told of half a key or of the very one that it pinned, takes such a refusal for nonsense", () => {
  const refusal = (identity: Uint8Array): Uint8Array =>
    packetOf(encode(Answer, { outcome: { case: "refused", value: { reason: Refusal_Reason.WRONG_SERVER, identity } } }));
  for (const [server, identity] of [
    ["judge", otherIdentity.pair.publicKey],
    [serverKeyOf(otherIdentity), new Uint8Array(31)],
    [serverKeyOf(otherIdentity), otherIdentity.pair.publicKey],
  ] as const) {
    const dialer = dial(new TestTime(), { server });
    dialer.channel.receive(refusal(identity));
    assert.is(dialer.ending?.reason, "HANDSHAKE_FAILED");
  }
});

test("a MAC covers the offer too: behind a changed one it is wrong", () => {
  const bytes = first(NK, pinned);
  const offer = offerPacket([NK], keyHint(native, current.pair.publicKey), Uint8Array.of(0x78, 1));
  const rest = bytes.subarray(2 + ((bytes[0]! << 8) | bytes[1]!));
  const { listener, agreements } = meet(Uint8Array.from([...offer, ...rest]));
  assert.match(listener.ending!.message, /MAC/);
  assert.is(agreements, 0);
});

test("every client makes its MAC with what it knows of the server, and the listener tells those that know it from those that ask whoever is here", () => {
  const replaced = rotateStaticKey(native, seededRandom(61), identity, { keepPrevious: 0 }).staticKeys;
  const ways = [
    { dialer: {}, knowsServer: true },
    { dialer: { clientKey }, knowsServer: true },
    { dialer: { server: { identity: identity.pair.publicKey } }, knowsServer: true },
    { dialer: { server: "judge" as const }, knowsServer: false },
    { dialer: {}, listener: { staticKeys: replaced }, knowsServer: true },
  ];
  for (const way of ways) {
    for (const crypto of [native, portable]) {
      const knocks: Knock[] = [];
      const overloaded = (seen: Knock): undefined => void knocks.push(seen);
      const time = new TestTime();
      const dialer = dial(time, { ...way.dialer, crypto });
      const listener = listen(time, { ...way.listener, overloaded });
      carry(dialer, listener);
      assert.ok(dialer.peer ?? dialer.presented);
      assert.equal(
        knocks.map(({ knowsServer }) => knowsServer),
        [way.knowsServer],
      );
    }
  }
});

test("an offer with an unknown hint is answered without a Diffie-Hellman, and the one that follows needs a MAC as well", () => {
  const stranger = first(NK, { staticKey: other, serverKey: other });
  const { listener, agreements } = meet(stranger);
  assert.equal([listener.sent.length, agreements, listener.ending], [1, 0, undefined]);
  listener.channel.receive(first(XX, { serverKey: other }));
  assert.is(listener.ending?.reason, "SERVER_KEY_MISMATCH");
});

test.run();
