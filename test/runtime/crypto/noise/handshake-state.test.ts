import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { nativeCrypto } from "../../../../runtime/crypto/native.ts";
import { HandshakeState } from "../../../../runtime/crypto/noise/handshake-state.ts";
import { NoiseError } from "../../../../runtime/crypto/noise/noise-error.ts";
import { patternOf } from "../../../../runtime/crypto/noise/pattern.ts";
import { portableCrypto } from "../../../../runtime/crypto/portable.ts";
import type { CryptoProvider } from "../../../../runtime/crypto/provider.ts";
import { fromHex, toHex } from "../../../support/hex.ts";

interface Vector {
  readonly protocol_name: string;
  readonly init_prologue: string;
  readonly init_static?: string;
  readonly init_remote_static?: string;
  readonly init_ephemeral: string;
  readonly init_psks?: readonly string[];
  readonly resp_prologue: string;
  readonly resp_static?: string;
  readonly resp_remote_static?: string;
  readonly resp_ephemeral: string;
  readonly resp_psks?: readonly string[];
  readonly handshake_hash: string;
  readonly messages: readonly (readonly [payload: string, ciphertext: string])[];
}

const file = new URL("../../../vectors/noise-cacophony.json", import.meta.url);
const vectors = (JSON.parse(readFileSync(file, "utf8")) as { vectors: Vector[] }).vectors.filter(({ protocol_name }) =>
  protocol_name.endsWith("_25519_ChaChaPoly_SHA256"),
);
const providers: readonly CryptoProvider[] = [portableCrypto(), nativeCrypto(), nativeCrypto({ sodium: false })];
const none = new Uint8Array(0);

function state(crypto: CryptoProvider, vector: Vector, side: "init" | "resp"): HandshakeState {
  const localStatic = vector[`${side}_static`];
  const remoteStatic = vector[`${side}_remote_static`];
  return new HandshakeState({
    crypto,
    random: () => fromHex(vector[`${side}_ephemeral`]),
    protocolName: vector.protocol_name,
    initiator: side === "init",
    prologue: fromHex(vector[`${side}_prologue`]),
    localStatic: localStatic === undefined ? undefined : crypto.x25519KeyPair(fromHex(localStatic)),
    remoteStatic: remoteStatic === undefined ? undefined : fromHex(remoteStatic),
    psks: vector[`${side}_psks`]?.map(fromHex),
  });
}

/** Both sides of one vector, the handshake and then the transport messages, which alternate on. */
function replay(vector: Vector, initiatorCrypto: CryptoProvider, responderCrypto: CryptoProvider): void {
  const sides = [state(initiatorCrypto, vector, "init"), state(responderCrypto, vector, "resp")] as const;
  const exchange = vector.messages.map(([payload, ciphertext]) => ({ payload: fromHex(payload), ciphertext }));
  let turn = 0;
  for (; !sides[0].complete; turn++) {
    const { payload, ciphertext } = exchange[turn]!;
    const message = sides[turn % 2]!.writeMessage(payload);
    assert.is(toHex(message), ciphertext);
    assert.equal(sides[(turn + 1) % 2]!.readMessage(message), payload);
  }
  assert.ok(sides[1].complete);
  for (const side of sides) assert.is(toHex(side.hash), vector.handshake_hash);
  assert.equal(sides[0].exportSecret("label"), sides[1].exportSecret("label"));
  assert.is.not(toHex(sides[0].exportSecret("label")), toHex(sides[0].exportSecret("other label")));

  const [initiator, responder] = [sides[0].split(), sides[1].split()];
  for (; turn < exchange.length; turn++) {
    const { payload, ciphertext } = exchange[turn]!;
    // After a handshake of two messages the initiator is next, after one of three the responder: the vectors go on alternating.
    const direction = turn % 2;
    const message = [initiator, responder][direction]![direction]!.encryptWithAd(none, payload);
    assert.is(toHex(message), ciphertext);
    assert.equal([responder, initiator][direction]![direction]!.decryptWithAd(none, message), payload);
  }
}

const test = suite("crypto/noise/handshake-state");

test("the shared file has a vector for each pattern that is spoken", () => {
  assert.is(vectors.length, 16);
  const patterns = vectors.map(({ protocol_name }) => protocol_name.split("_")[1]);
  for (const pattern of ["NN", "NK", "KK", "XK", "IK", "XX", "NKpsk0", "KKpsk0"]) assert.ok(patterns.includes(pattern), pattern);
});

for (const initiator of providers) {
  for (const responder of providers) {
    test(`${initiator.name} to ${responder.name}: every vector, both sides, byte for byte`, () => {
      for (const vector of vectors) replay(vector, initiator, responder);
    });
  }
}

test("any flipped byte of a message is noticed by the time the handshake ends", () => {
  const crypto = providers.at(-1)!;
  for (const vector of vectors) {
    const messages = patternOf(vector.protocol_name).messages.length;
    for (let flipped = 0; flipped < messages; flipped++)
      assert.not(survives(crypto, vector, flipped), `${vector.protocol_name} message ${flipped + 1}`);
    // NN is not authenticated, but even there both sides notice by their hashes; without a flip all complete.
    assert.ok(survives(crypto, vector, messages));
  }
});

/** Whether both ends complete the handshake and agree on its hash, although the first byte of this message was flipped on the way. */
function survives(crypto: CryptoProvider, vector: Vector, flipped: number): boolean {
  const sides = [state(crypto, vector, "init"), state(crypto, vector, "resp")] as const;
  try {
    for (let turn = 0; !sides[0].complete; turn++) {
      const message = sides[turn % 2]!.writeMessage(none);
      if (turn === flipped) message[0]! ^= 1;
      sides[(turn + 1) % 2]!.readMessage(message);
    }
  } catch (error) {
    assert.instance(error, NoiseError);
    return false;
  }
  return toHex(sides[0].hash) === toHex(sides[1].hash);
}

test("a message shorter than its keys or its tag is a NoiseError at every length", () => {
  const crypto = providers.at(-1)!;
  for (const vector of vectors) {
    const full = state(crypto, vector, "init").writeMessage(none);
    for (let length = 0; length < full.length; length++) {
      assert.throws(
        () => state(crypto, vector, "resp").readMessage(full.subarray(0, length)),
        (error: unknown) => error instanceof NoiseError,
      );
    }
  }
});

test("calls out of turn throw, and change nothing", () => {
  const vector = vectors.find(({ protocol_name }) => protocol_name.includes("_NK_"))!;
  const crypto = providers[0]!;
  const initiator = state(crypto, vector, "init");
  assert.throws(() => initiator.readMessage(none), /not at this step/);
  assert.throws(() => initiator.split(), /not complete/);
  assert.throws(() => state(crypto, vector, "resp").writeMessage(none), /not at this step/);
  const responder = state(crypto, vector, "resp");
  responder.readMessage(initiator.writeMessage(none));
  initiator.readMessage(responder.writeMessage(none));
  assert.throws(() => initiator.writeMessage(none), /not at this step/);
});

test("a key or a pre-shared key that the pattern needs is asked for by name", () => {
  const options = { crypto: providers[0]!, random: () => new Uint8Array(32), prologue: none };
  assert.throws(
    () => new HandshakeState({ ...options, protocolName: "Noise_NK_25519_ChaChaPoly_SHA256", initiator: true }),
    /needs a static key/,
  );
  assert.throws(() => new HandshakeState({ ...options, protocolName: "Noise_NNpsk0_25519_ChaChaPoly_SHA256", initiator: true }), /takes 1/);
  assert.throws(() => new HandshakeState({ ...options, protocolName: "Noise_NN_25519_AESGCM_SHA256", initiator: true }), RangeError);
  assert.throws(
    () => new HandshakeState({ ...options, protocolName: "Noise_NNpsk3_25519_ChaChaPoly_SHA256", initiator: true }),
    RangeError,
  );
});

test.run();
