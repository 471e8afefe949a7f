import { suite } from "uvu";
import * as assert from "uvu/assert";
import { KeptSecret } from "../../../runtime/crypto/kept-secret.ts";
import { RecordKind } from "../../../runtime/channel/channel.ts";
import { type RotationContext, rotationHandshake } from "../../../runtime/channel/rotation.ts";
import { native, seededRandom, text } from "../../support/channel/ends.ts";
import { type Rogue, rogueDialer, rogueListener } from "../../support/channel/rogue.ts";

const { ROTATE_INIT, ROTATE_REPLY, ROTATE_SWITCH, ROTATE_PLEASE } = RecordKind;
const none = new Uint8Array(0);

/** Message 1 of a rotation as the rogue's own keys make it, with a payload if wanted. */
function message1({ finished }: Rogue, payload: Uint8Array = none): Uint8Array {
  const { statics, epoch } = finished;
  const context = { crypto: native, random: seededRandom(95), statics } as RotationContext;
  return rotationHandshake(context, epoch, true).writeMessage(payload);
}

/** What each of them makes of a listener, or a dialler: the session ends, the connection does not by itself. */
const cases: Readonly<Record<string, { readonly rogue: () => Rogue; readonly act: (rogue: Rogue) => void }>> = {
  "a listener gets a kind that nobody knows": { rogue: rogueDialer, act: ({ send }) => send(20, none) },
  "a listener gets the last kind": { rogue: rogueDialer, act: ({ send }) => send(255, text("x")) },
  "a listener gets REPLY": { rogue: rogueDialer, act: ({ send }) => send(ROTATE_REPLY, none) },
  "a listener gets PLEASE": { rogue: rogueDialer, act: ({ send }) => send(ROTATE_PLEASE, none) },
  "a listener gets SWITCH without a rotation": { rogue: rogueDialer, act: ({ send }) => send(ROTATE_SWITCH, none) },
  "a listener gets an empty INIT": { rogue: rogueDialer, act: ({ send }) => send(ROTATE_INIT, none) },
  "a listener gets a forged INIT": { rogue: rogueDialer, act: ({ send }) => send(ROTATE_INIT, new Uint8Array(48).fill(9)) },
  "a listener gets an INIT of all zero": { rogue: rogueDialer, act: ({ send }) => send(ROTATE_INIT, new Uint8Array(48)) },
  "a listener gets an INIT with a payload": { rogue: rogueDialer, act: (rogue) => rogue.send(ROTATE_INIT, message1(rogue, text("x"))) },
  "a listener gets a second INIT before SWITCH": {
    rogue: rogueDialer,
    act: (rogue) => {
      rogue.send(ROTATE_INIT, message1(rogue));
      assert.is(rogue.end.illegalMessage, undefined);
      rogue.send(ROTATE_INIT, message1(rogue));
    },
  },
  "a listener gets SWITCH with a body": {
    rogue: rogueDialer,
    act: (rogue) => {
      rogue.send(ROTATE_INIT, message1(rogue));
      assert.is(rogue.end.illegalMessage, undefined);
      rogue.send(ROTATE_SWITCH, text("x"));
    },
  },
  "a dialler gets a kind that nobody knows": { rogue: rogueListener, act: ({ send }) => send(20, none) },
  "a dialler gets INIT": { rogue: rogueListener, act: ({ send }) => send(ROTATE_INIT, none) },
  "a dialler gets SWITCH": { rogue: rogueListener, act: ({ send }) => send(ROTATE_SWITCH, none) },
  "a dialler gets REPLY without a rotation": { rogue: rogueListener, act: ({ send }) => send(ROTATE_REPLY, new Uint8Array(48)) },
  "a dialler gets a forged REPLY": {
    rogue: rogueListener,
    act: ({ end, send }) => {
      end.channel.rotate();
      send(ROTATE_REPLY, new Uint8Array(48).fill(9));
    },
  },
  "a dialler gets PLEASE with a body": { rogue: rogueListener, act: ({ send }) => send(ROTATE_PLEASE, text("x")) },
  "a dialler gets PLEASE twice": {
    rogue: rogueListener,
    act: ({ end, send }) => {
      send(ROTATE_PLEASE, none);
      assert.is(end.illegalMessage, undefined);
      send(ROTATE_PLEASE, none);
    },
  },
};

const test = suite("channel/illegal");

for (const [name, { rogue: make, act }] of Object.entries(cases)) {
  test(`${name}: illegal is told once, nothing more is read, and what is sent still leaves`, () => {
    const rogue = make();
    const { end } = rogue;
    act(rogue);
    assert.type(end.illegalMessage, "string");
    assert.is(end.ending, undefined);
    const records = end.records.length;
    rogue.send(0, text("more"));
    assert.is(end.records.length, records);
    end.take();
    end.channel.send(0, text("the reason"));
    end.channel.rotate();
    assert.is(end.sent.length, 1);
    end.channel.destroy();
    assert.is(end.told.filter((event) => event === "illegal").length, 1);
  });
}

test("a rotation's message of one connection is illegal on another", () => {
  const first = rogueDialer({ random: seededRandom(96) });
  const second = rogueDialer({ random: seededRandom(97) });
  second.send(ROTATE_INIT, message1(first));
  assert.match(second.end.illegalMessage!, /handshake failed/);
});

test("the keys of a rotation that failed are wiped as well", () => {
  const before = KeptSecret.count;
  const rogue = rogueDialer({ random: seededRandom(98) });
  rogue.send(ROTATE_INIT, new Uint8Array(48).fill(9));
  const own = KeptSecret.count;
  rogue.end.channel.destroy();
  // Of each end: both directions' keys, and what later ones are derived from.
  assert.is(own - KeptSecret.count, 3);
  assert.is(own - before, 6);
});

test.run();
