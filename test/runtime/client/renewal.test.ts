import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Admitted, type AdmittedInit } from "../../../generated/zserver/protocol/v1/session.ts";
import { Reader } from "../../../runtime/bytes/reader.ts";
import { CredentialsSource } from "../../../runtime/client/credentials.ts";
import { Renewal } from "../../../runtime/client/renewal.ts";
import type { Peer } from "../../../runtime/command/peer.ts";
import { ManualClock } from "../../../runtime/time/manual-clock.ts";
import { timersOf } from "../../../runtime/time/timers-of.ts";
import { message } from "../../support/session/frames.ts";

const test = suite("client/renewal");

/** A renewal whose session is the test. Chance always says one half: it renews after 80 % of its time. */
function alone() {
  const clock = new ManualClock();
  const timers = timersOf(clock);
  const shown: number[] = [];
  const core = { detached: false };
  const peer = { core, control: () => void shown.push(clock.now()), tell() {} };
  const source = new CredentialsSource("token", timers, 10_000);
  const renewal = new Renewal({ source, timers, chance: () => 0.5, peer: () => peer as unknown as Peer });
  const answer = (init: AdmittedInit): void => {
    const body = message(Admitted, init);
    renewal.answer(new Reader(body, 0, body.length));
  };
  return { clock, timers, core, renewal, answer, shown };
}

test("credentials are renewed after 80 % of the time, and again after 80 % of what they bring", async () => {
  const { clock, renewal, answer, shown } = alone();
  renewal.admittedFor(10_000);
  await clock.settle(9_000);
  assert.equal(shown, [8_000]);
  answer({ admitted: true, expiresInMs: 100_000 });
  await clock.settle(200_000);
  assert.equal(shown, [8_000, 89_000]);
});

test("an admission without an end is not renewed", async () => {
  const { clock, timers, renewal, answer, shown } = alone();
  renewal.admittedFor(10_000);
  await clock.settle(8_000);
  answer({ admitted: true });
  assert.is(timers.size, 0);
  await clock.settle(100_000);
  assert.equal(shown, [8_000]);
});

test("what is denied is tried again, less and less of the time before the end, and not after it", async () => {
  const { clock, timers, renewal, answer, shown } = alone();
  renewal.admittedFor(100_000);
  for (let denied = 0; denied < 3; denied++) {
    while (shown.length === denied) await clock.settle(100);
    answer({ admitted: false, reason: 21 });
  }
  assert.equal(
    shown.map((at) => Math.round(at / 1_000)),
    [80, 96, 99],
  );
  await clock.settle(100_000);
  assert.is(shown.length, 3);
  assert.is(timers.size, 0);
});

test("an answer that was sent again says no more than the resume before it", async () => {
  for (const [resumed, answered, expected] of [
    [10_000, 500_000, 8_000],
    [500_000, 10_000, 8_000],
    [0, 10_000, 8_000],
  ] as const) {
    const { clock, renewal, answer, shown } = alone();
    renewal.admittedFor(0);
    renewal.renew();
    await clock.settle(0);
    renewal.admittedFor(resumed);
    answer({ admitted: true, expiresInMs: answered });
    await clock.settle(9_000);
    assert.equal(shown, [0, expected], `RESUMED ${resumed}, ADMITTED ${answered}`);
  }
});

test("without a connection nothing is renewed: the next one shows fresh credentials", async () => {
  const { clock, core, renewal, shown } = alone();
  renewal.admittedFor(10_000);
  core.detached = true;
  await clock.settle(60_000);
  core.detached = false;
  renewal.admittedFor(10_000);
  await clock.settle(9_000);
  assert.equal(shown, [68_000]);
});

test("an answer that nobody waits for is a protocol error", () => {
  const { answer } = alone();
  assert.throws(() => answer({ admitted: true }), /nothing was asked/);
});

test.run();
