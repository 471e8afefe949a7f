import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FrameType, frameHeader, headerType, isIgnorable, isKnown, isSequenced } from "../../../runtime/session/frame.ts";

const test = suite("session/frame");

test("a header byte holds the type and its two flags, and every type has one of its own", () => {
  const headers = Object.values(FrameType).map((type) => frameHeader(type));
  assert.is(new Set(headers).size, headers.length);
  for (const type of Object.values(FrameType)) {
    const header = frameHeader(type);
    assert.ok(header < 256);
    assert.is(headerType(header), type);
    assert.is(isIgnorable(header), type === FrameType.PADDING);
    assert.is(isSequenced(header), (type >= 8 && type <= 15) || (type >= 18 && type <= 22) || [26, 27, 29].includes(type));
  }
});

test("the numbers of the types are those of the protocol", () => {
  assert.equal(FrameType, {
    PADDING: 0,
    CLIENT_HELLO: 1,
    WELCOME: 2,
    ACK: 3,
    CREDIT: 4,
    PING: 5,
    PONG: 6,
    CLOSE: 7,
    REQUEST: 8,
    SEND: 9,
    REPLY: 10,
    FAIL: 11,
    CANCEL: 12,
    ITEM: 13,
    END: 14,
    VOID: 15,
    RESUME: 16,
    RESUMED: 17,
    CREDENTIALS: 18,
    ADMITTED: 19,
    ENTRANCES: 20,
    MOVE: 21,
    TICKET: 22,
    SEND_VOLATILE: 23,
    DESCRIBE: 24,
    DESCRIPTIONS: 25,
    COMPARE: 26,
    COMPARED: 27,
    RECEIVED: 28,
    BARRIER: 29,
  });
  for (let type = 0; type < 64; type++) assert.is(isKnown(type), Object.values<number>(FrameType).includes(type));
});

test.run();
