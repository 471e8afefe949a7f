import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { type ParkedCommand, ParkedReplies } from "../../../runtime/command/deferred.ts";
import { caught, assertError } from "../../support/command/assert-error.ts";
import { native } from "../../support/command/peers.ts";

const { later, echo } = Probe.commands;

/** A registry whose wall clock and parked commands a test owns. */
function make(key: number = 1): { replies: ParkedReplies; time: { now: number }; given: unknown[]; parked(): ParkedCommand } {
  const time = { now: 1_000_000 };
  const given: unknown[] = [];
  const mac = (secret: Uint8Array, data: Uint8Array): Uint8Array => native.hmacSha256(secret, data);
  const replies = new ParkedReplies({ mac, key: new Uint8Array(32).fill(key), wallNow: () => time.now });
  return {
    replies,
    time,
    given,
    parked: () => ({ command: later, giveReply: (reply) => void given.push(reply), giveFailure: (error) => void given.push(error) }),
  };
}

const test = suite("command/deferred");

test("a token finds its command until it is unparked", async () => {
  const { replies, parked, given } = make();
  const handle = replies.park(parked(), 0);
  const token = replies.token(handle);
  assert.is(replies.token(handle), token);
  assert.match(token, /^[A-Za-z0-9_-]+$/);
  assert.is(replies.size, 1);
  await replies.reply(later, token, { number: 1 });
  assert.equal(given, [{ number: 1 }]);
  replies.unpark(handle);
  assert.is(replies.size, 0);
  const message = "example.probe.v1.Probe/Later: the deferred reply was not sent: it was already given, or its caller has gone";
  assertError(await caught(replies.reply(later, token, {})), "FAILED_PRECONDITION", "MAY_HAVE_RUN", message);
  assertError(await caught(replies.fail(later, token, undefined as never)), "FAILED_PRECONDITION", "MAY_HAVE_RUN");
});

test("tokens of many replies differ, and so do those of another registry", () => {
  const tokens = new Set<string>();
  for (const key of [1, 2]) {
    const { replies, parked } = make(key);
    for (let count = 0; count < 100; count++) tokens.add(replies.token(replies.park(parked(), 5)));
  }
  assert.is(tokens.size, 200);
});

test("a token that comes after its deadline is late, one whose reply was given before is not there", async () => {
  const { replies, parked, time } = make();
  const handle = replies.park(parked(), time.now + 500.5);
  const token = replies.token(handle);
  replies.unpark(handle);
  time.now += 500;
  assertError(await caught(replies.reply(later, token, {})), "FAILED_PRECONDITION", "MAY_HAVE_RUN");
  time.now += 1;
  assertError(await caught(replies.reply(later, token, {})), "DEADLINE_EXCEEDED", "MAY_HAVE_RUN");
});

test("a token that was not made here, in any bit, is forged", async () => {
  const { replies, parked, given } = make();
  const token = replies.token(replies.park(parked(), 77));
  const forged = [
    "",
    "x",
    token.slice(0, -1),
    `${token}A`,
    `${token}=`,
    "A".repeat(token.length),
    "ä".repeat(token.length),
    "A".repeat(1_000_000),
    make(2).replies.token({ number: 1, deadlineAt: 77 }),
    undefined as never,
    5 as never,
  ];
  for (let at = 0; at < token.length; at++) forged.push(token.slice(0, at) + (token[at] === "B" ? "C" : "B") + token.slice(at + 1));
  for (const each of forged)
    assertError(await caught(replies.reply(later, each, {})), "PERMISSION_DENIED", "MAY_HAVE_RUN", /its token was not made here/);
  assert.equal(given, []);
});

test("a token of another command is refused and stays good for its own", async () => {
  const { replies, parked, given } = make();
  const token = replies.token(replies.park(parked(), 0));
  const message = /Probe\/Echo: the deferred reply was not sent: this token belongs to example\.probe\.v1\.Probe\/Later/;
  assertError(await caught(replies.reply(echo, token, {})), "INVALID_ARGUMENT", "MAY_HAVE_RUN", message);
  await replies.reply(later, token, "good");
  assert.equal(given, ["good"]);
});

test.run();
