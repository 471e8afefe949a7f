import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Limits as WireLimits } from "../../../generated/zserver/protocol/v1/handshake.ts";
import { decode, encode } from "../../../runtime/schema/codec.ts";
import { defaultLimits, limitsToWire, resolveLimits } from "../../../runtime/session/limits.ts";

const test = suite("session/limits");

test("what is not said has its default, also when it is said to be undefined", () => {
  assert.equal(resolveLimits(), defaultLimits);
  assert.equal(resolveLimits({}), defaultLimits);
  assert.equal(resolveLimits({ messageBytes: 10 }), { ...defaultLimits, messageBytes: 10 });
  const { messageBytes } = resolveLimits({ messageBytes: undefined } as never);
  assert.is(messageBytes, defaultLimits.messageBytes);
});

test("unknown names and values that are no counts are refused, each with its name", () => {
  assert.throws(() => resolveLimits({ mesageBytes: 5 } as never), /unknown option "mesageBytes"/);
  for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, "5", null]) {
    assert.throws(() => resolveLimits({ streams: value } as never), /limits\.streams must be a whole number from 1/);
  }
  assert.is(resolveLimits({ streams: 2 ** 31 - 1 }).streams, 2 ** 31 - 1);
  assert.is(resolveLimits({ streams: 1 }).streams, 1);
  assert.is(resolveLimits({ commandsPerSecond: Number.POSITIVE_INFINITY }).commandsPerSecond, Number.POSITIVE_INFINITY);
  assert.throws(() => resolveLimits({ commandsPerSecond: 0.5 }), /limits\.commandsPerSecond must be a whole number from 1/);
});

test("the budget of all streams holds the first window of each that the peer may open", () => {
  assert.is(resolveLimits({ streams: 1_000, streamBytes: 65_536 }).streamBudgetBytes, 65_536_000);
  assert.is(resolveLimits({ streams: 10, streamBytes: 1_000, streamBudgetBytes: 10_000 }).streamBudgetBytes, 10_000);
  const least = /limits\.streamBudgetBytes must be at least streams × streamBytes, which is 10000, not 9999/;
  assert.throws(() => resolveLimits({ streams: 10, streamBytes: 1_000, streamBudgetBytes: 9_999 }), least);
});

test("the peer is told what concerns it, under the same names", () => {
  const told = decode(WireLimits, encode(WireLimits, limitsToWire(defaultLimits)));
  const { outboxBytes: _a, waitingSends: _b, parkedReplies: _c, commandsPerSecond: _d, streamBudgetBytes: _e, ...rest } = defaultLimits;
  const { unfinishedBytes: _f, ...expected } = rest;
  assert.equal(told, { ...expected, compressions: 0 });
  assert.is(decode(WireLimits, encode(WireLimits, limitsToWire({ ...defaultLimits, compressions: 3 }))).compressions, 3);
});

test.run();
