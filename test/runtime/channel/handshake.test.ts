import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { DialerOptions, ListenerDoor, ListenerOptions } from "../../../runtime/channel/options.ts";
import { createIdentity, rotateStaticKey, serverKeyOf } from "../../../runtime/crypto/identity.ts";
import { signStatement } from "../../../runtime/crypto/key-statement.ts";
import { formatServerKey } from "../../../runtime/crypto/key-string.ts";
import {
  carry,
  clientKey,
  connect,
  type DialerEnd,
  dial,
  identity,
  type ListenerEnd,
  listen,
  native,
  otherIdentity,
  portable,
  seededRandom,
  TestTime,
  text,
} from "../../support/channel/ends.ts";

const pinned = serverKeyOf(identity);
const current = identity.staticKeys[0];

/** Runs a handshake to its end, whichever that is. */
function attempt(
  dialerOptions: Partial<DialerOptions>,
  listenerOptions: Partial<ListenerOptions> & ListenerDoor = {},
): { dialer: DialerEnd; listener: ListenerEnd } {
  const time = new TestTime();
  const dialer = dial(time, dialerOptions);
  const listener = listen(time, listenerOptions);
  carry(dialer, listener);
  return { dialer, listener };
}

const test = suite("channel/handshake");

test("NK: a pinned server, an anonymous client", () => {
  const { dialer, listener } = connect();
  assert.is(dialer.peer?.suite, "Noise_NK_25519_ChaChaPoly_SHA256");
  assert.is(listener.peer?.suite, dialer.peer?.suite);
  assert.is(listener.peer?.remoteStatic, undefined);
  assert.equal(dialer.peer?.remoteStatic, current.pair.publicKey);
  assert.equal(dialer.peer?.server?.identity, identity.pair.publicKey);
  assert.is(dialer.peer?.limits?.messageBytes, 1000);
  assert.is(listener.peer?.limits, undefined);
  assert.equal(dialer.peer?.handshakeHash, listener.peer?.handshakeHash);
});

test("XK: a pinned server, a client with a key, which the server learns", () => {
  const { dialer, listener } = connect({ clientKey });
  assert.is(dialer.peer?.suite, "Noise_XK_25519_ChaChaPoly_SHA256");
  assert.equal(listener.peer?.remoteStatic, clientKey.publicKey);
});

test("XX: a pinned identity whose static key is not known", () => {
  const { dialer, listener } = connect({ server: { identity: identity.pair.publicKey }, clientKey });
  assert.is(dialer.peer?.suite, "Noise_XX_25519_ChaChaPoly_SHA256");
  assert.equal(listener.peer?.remoteStatic, clientKey.publicKey);
});

test("XX: an anonymous client shows another static key each time", () => {
  const server = { identity: identity.pair.publicKey };
  const first = connect({ server, random: seededRandom(50) }).listener.peer?.remoteStatic;
  const second = connect({ server, random: seededRandom(51) }).listener.peer?.remoteStatic;
  assert.is(first?.length, 32);
  assert.not.equal(first, second);
});

for (const [name, options] of Object.entries({ NK: {}, XK: { clientKey }, XX: { server: { identity: identity.pair.publicKey } } })) {
  test(`${name}: a portable client and a native server, and the reverse, carry records both ways`, () => {
    for (const [dialling, listening] of [
      [portable, native],
      [native, portable],
    ] as const) {
      const { dialer, listener } = connect({ ...options, crypto: dialling }, { crypto: listening });
      dialer.channel.send(0, text("to the server"));
      listener.channel.send(3, text("to the client"));
      carry(dialer, listener);
      assert.equal(listener.records, [{ kind: 0, bytes: text("to the server") }]);
      assert.equal(dialer.records, [{ kind: 3, bytes: text("to the client") }]);
      assert.equal(dialer.channel.exporter("session"), listener.channel.exporter("session"));
      assert.not.equal(dialer.channel.exporter("session"), dialer.channel.exporter("resume"));
    }
  });
}

test("a listener is established by the client's first record, told just before it", () => {
  const { dialer, listener } = attempt({});
  assert.equal(dialer.told, ["established"]);
  assert.equal(listener.told, []);
  assert.throws(() => listener.channel.send(0, text("too early")), /not established/);
  assert.throws(() => listener.channel.exporter("session"), /not established/);
  dialer.channel.send(0, text("hello"));
  carry(dialer, listener);
  assert.equal(listener.told, ["established", "record"]);
});

test("the offer and message 1 leave in one write, answer and message 2 too", () => {
  const time = new TestTime();
  const dialer = dial(time);
  const listener = listen(time);
  assert.is(dialer.sent.length, 1);
  listener.channel.receive(dialer.take());
  assert.is(listener.sent.length, 1);
});

test("a pin of another identity fails with SERVER_KEY_MISMATCH that shows both key strings", () => {
  const pin = serverKeyOf(otherIdentity);
  const { dialer, listener } = attempt({ server: pin });
  assert.is(dialer.ending?.reason, "SERVER_KEY_MISMATCH");
  for (const { identity } of [pin, pinned]) assert.ok(dialer.ending?.message.includes(formatServerKey(native, { identity })));
  assert.is(listener.peer, undefined);
  assert.is(listener.ending?.reason, "SERVER_KEY_MISMATCH");
});

test("the right static key under another identity fails with SERVER_KEY_MISMATCH, before the client shows its own key", () => {
  const server = { ...pinned, identity: otherIdentity.pair.publicKey };
  const { dialer, listener } = attempt({ server, clientKey });
  assert.is(dialer.ending?.reason, "SERVER_KEY_MISMATCH");
  assert.is(listener.channel.stats.bytesIn, dialer.channel.stats.bytesOut);
  assert.ok(dialer.channel.stats.bytesOut < 160, "message 3 did not leave");
});

test("a server accepts its previous static key, and shows the statement of that key", () => {
  const rotated = rotateStaticKey(native, seededRandom(60), identity);
  const { dialer } = connect({}, { staticKeys: rotated.staticKeys });
  assert.is(dialer.peer?.suite, "Noise_NK_25519_ChaChaPoly_SHA256");
  assert.is(dialer.peer?.server?.serial, current.statement.serial);
});

test("a static key that the server has forgotten is learned anew by one XX handshake on the same connection", () => {
  const rotated = rotateStaticKey(native, seededRandom(61), identity, { keepPrevious: 0 });
  for (const client of [undefined, clientKey]) {
    const { dialer, listener } = connect({ clientKey: client }, { staticKeys: rotated.staticKeys });
    assert.is(dialer.peer?.suite, "Noise_XX_25519_ChaChaPoly_SHA256");
    assert.is(dialer.peer?.server?.serial, current.statement.serial + 1);
    assert.equal(dialer.peer?.handshakeHash, listener.peer?.handshakeHash);
    if (client !== undefined) assert.equal(listener.peer?.remoteStatic, client.publicKey);
  }
});

test("a statement with a serial below the pinned one is refused, by the same identity too", () => {
  const serial = current.statement.serial + 1;
  const server = { identity: identity.pair.publicKey, static: { key: otherIdentity.staticKeys[0].pair.publicKey, serial } };
  const { dialer } = attempt({ server });
  assert.is(dialer.ending?.reason, "HANDSHAKE_FAILED");
  assert.match(dialer.ending!.message, /serial 1, below 2/);
});

test("an expired statement is refused by a client with a trusted clock, and by no other", () => {
  const notAfter = new Date(Date.UTC(2026, 0, 1));
  const expiring = createIdentity(native, seededRandom(62), { notAfter });
  const [server, staticKeys] = [serverKeyOf(expiring), expiring.staticKeys];
  connect({ server, wallNow: () => notAfter.getTime() }, { staticKeys });
  connect({ server }, { staticKeys });
  const { dialer } = attempt({ server, wallNow: () => notAfter.getTime() + 1 }, { staticKeys });
  assert.is(dialer.ending?.reason, "HANDSHAKE_FAILED");
  assert.match(dialer.ending!.message, /expired/);
});

test("a forged statement is refused, and one about another static key", () => {
  const forged = { ...current.statement, signature: current.statement.signature.map((byte, index) => (index === 5 ? byte ^ 1 : byte)) };
  const ofOther = signStatement(native, identity.pair, otherIdentity.staticKeys[0].pair.publicKey, 1, 0n);
  for (const [statement, message] of [
    [forged, /signature/],
    [{ ...current.statement, serial: 2 }, /signature/],
    [ofOther, /another key/],
    [{ ...current.statement, identity: new Uint8Array(0) }, /signature/],
  ] as const) {
    const { dialer } = attempt({}, { staticKeys: [{ pair: current.pair, statement }] });
    assert.is(dialer.ending?.reason, "HANDSHAKE_FAILED");
    assert.match(dialer.ending!.message, message);
    assert.is(dialer.peer, undefined);
  }
});

test("judge: nothing of the client leaves before the application recognises the key", () => {
  const time = new TestTime();
  const dialer = dial(time, { server: "judge", clientKey });
  const listener = listen(time);
  carry(dialer, listener);
  assert.is(dialer.presented?.serverKey, formatServerKey(native, pinned));
  assert.equal(dialer.told, ["serverKey"]);
  assert.equal(dialer.sent, []);
  dialer.channel.acceptServerKey();
  dialer.channel.send(0, text("hello"));
  carry(dialer, listener);
  assert.equal(listener.told, ["established", "record"]);
  assert.equal(listener.peer?.remoteStatic, clientKey.publicKey);
  dialer.channel.refuseServerKey();
  assert.is(dialer.ending, undefined);
});

test("judge: the answer may come within the question, or be no", () => {
  for (const accepts of [true, false]) {
    const time = new TestTime();
    const dialer = dial(time, { server: "judge" });
    const listener = listen(time);
    dialer.hook = (event) => {
      if (event !== "serverKey") return;
      if (accepts) dialer.channel.acceptServerKey();
      else dialer.channel.refuseServerKey();
    };
    carry(dialer, listener);
    assert.equal(dialer.told, accepts ? ["serverKey", "established"] : ["serverKey", "ended"]);
    assert.is(dialer.ending?.reason, accepts ? undefined : "SERVER_KEY_REFUSED");
    dialer.channel.acceptServerKey();
    assert.is(dialer.told.length, 2);
  }
});

test("judge: a server that goes on before the verdict ends the connection", () => {
  const time = new TestTime();
  const dialer = dial(time, { server: "judge" });
  carry(dialer, listen(time));
  dialer.channel.receive(Uint8Array.of(0, 0));
  assert.is(dialer.ending?.reason, "HANDSHAKE_FAILED");
  dialer.channel.acceptServerKey();
  assert.equal(dialer.told, ["serverKey", "ended"]);
});

test("a suite that the server does not speak ends both sides with UNKNOWN_SUITE, the client knowing which ones it speaks", () => {
  const { dialer, listener } = attempt({}, { suites: ["Noise_XK_25519_ChaChaPoly_SHA256"] });
  assert.is(dialer.ending?.reason, "UNKNOWN_SUITE");
  assert.match(dialer.ending!.message, /speaks Noise_XK_25519/);
  assert.is(listener.ending?.reason, "UNKNOWN_SUITE");
});

test("an overloaded server refuses before any Diffie-Hellman and says when to come back", () => {
  const crypto = new Proxy(native, {
    get(target, name) {
      if (name === "x25519") throw new Error("a Diffie-Hellman was made");
      return Reflect.get(target, name).bind?.(target) ?? Reflect.get(target, name);
    },
  });
  const { dialer, listener } = attempt({ server: { identity: identity.pair.publicKey } }, { crypto, overloaded: () => 250 });
  assert.is(dialer.ending?.reason, "OVERLOADED");
  assert.is(dialer.ending?.retryAfterMs, 250);
  assert.is(listener.ending?.reason, "OVERLOADED");
  const silent = attempt({}, { overloaded: () => 0 }).dialer;
  assert.is(silent.ending?.reason, "OVERLOADED");
  assert.is(silent.ending?.retryAfterMs, undefined);
});

test("a handshake that does not end in time ends with HANDSHAKE_TIMEOUT, on either side and half-open", () => {
  const time = new TestTime();
  const dialer = dial(time, { handshakeTimeoutMs: 1000 });
  const listener = listen(time, { handshakeTimeoutMs: 2000 });
  time.clock.advance(999);
  assert.is(dialer.ending, undefined);
  time.clock.advance(11);
  assert.is(dialer.ending?.reason, "HANDSHAKE_TIMEOUT");
  const late = dial(time, { random: seededRandom(63) });
  carry(late, listener);
  assert.equal(late.told, ["established"]);
  time.clock.advance(1000);
  assert.is(listener.ending?.reason, "HANDSHAKE_TIMEOUT");
  late.channel.send(0, text("too late"));
  carry(late, listener);
  assert.equal(listener.told, ["ended"]);
  late.channel.destroy();
  assert.is(time.timers.size, 0);
});

test("a replayed handshake, first record included, establishes nothing", () => {
  for (const options of [{}, { clientKey }, { server: { identity: identity.pair.publicKey } }]) {
    const time = new TestTime();
    const dialer = dial(time, options);
    const recorded: Uint8Array[] = [];
    const original = listen(time);
    while (dialer.sent.length + original.sent.length > 0) {
      for (const bytes of dialer.sent.splice(0)) {
        recorded.push(bytes);
        original.channel.receive(bytes);
      }
      for (const bytes of original.sent.splice(0)) dialer.channel.receive(bytes);
    }
    dialer.channel.send(0, text("pay once"));
    recorded.push(dialer.take());
    original.channel.receive(recorded.at(-1)!);
    assert.equal(original.told, ["established", "record"]);

    const victim = listen(time, { random: seededRandom(64) });
    for (const bytes of recorded) victim.channel.receive(bytes);
    assert.equal(victim.told, ["ended"]);
  }
});

test("unknown options, impossible values and a judge without a handler throw at construction", () => {
  assert.throws(() => connect({ rotateAfterMsec: 5 } as object), /unknown option "rotateAfterMsec"/);
  assert.throws(() => connect({}, { rotateAfterMs: 5 } as object), /unknown option "rotateAfterMs"/);
  assert.throws(() => connect({ rotateAfterBytes: 0 }), /rotateAfterBytes must be a whole number/);
  assert.throws(() => connect({ rotateAfterMs: Number.NaN }), /rotateAfterMs must be/);
  assert.throws(() => connect({ handshakeTimeoutMs: Number.POSITIVE_INFINITY }), /handshakeTimeoutMs must be/);
  assert.throws(() => connect({ rotateAfterBytes: 100, rotationOverdueBytes: 99 }), /must not be below/);
  assert.throws(() => connect({}, { staticKeys: [] }), /staticKeys is empty/);
});

test.run();
