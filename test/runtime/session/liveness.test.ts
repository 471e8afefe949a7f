import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Liveness, MIN_PROBE_MS } from "../../../runtime/session/liveness.ts";
import { TurnQueue } from "../../../runtime/time/turn-queue.ts";
import { TestTime } from "../../support/channel/ends.ts";

const TIMEOUT = 9_000;
const QUIET = 25_000;
/** Long delays end on multiples of the wheel's tick of 10 ms, and three of them follow each other. */
const SLACK = 40;

class Host {
  readonly time: TestTime = new TestTime();
  readonly pings: number[] = [];
  readonly deaths: number[] = [];
  waiting = false;
  /** Answers pings at once. */
  alive = false;
  readonly liveness: Liveness;

  constructor(timeoutMs = TIMEOUT, quietMs = QUIET) {
    const host = this;
    this.liveness = new Liveness(
      this.time.timers,
      {
        get waiting() {
          return host.waiting || (!host.alive && host.pings.length > 0);
        },
        probe: () => host.#ping(),
        afterPoll: (look) => host.time.clock.endOfTurn(look),
        dead: () => host.deaths.push(host.time.clock.now()),
      },
      timeoutMs,
      quietMs,
    );
  }

  advance(ms: number): void {
    this.time.clock.advance(ms);
  }

  #ping(): void {
    this.pings.push(this.time.clock.now());
    if (this.alive) this.liveness.heard();
  }
}

const near = (actual: number | undefined, expected: number): void =>
  assert.ok(actual !== undefined && actual >= expected && actual <= expected + SLACK, `${actual} is not about ${expected}`);

const test = suite("session/liveness");

test("a quiet session is pinged after its time, again and again, and lives", () => {
  const host = new Host();
  host.alive = true;
  host.advance(3 * QUIET + 3 * SLACK);
  assert.is(host.pings.length, 3);
  near(host.pings[0], QUIET);
  near(host.pings[1], host.pings[0]! + QUIET);
  assert.equal(host.deaths, []);
});

test("a quiet session whose ping stays unanswered ends after that and another probe", () => {
  const host = new Host();
  host.advance(QUIET + TIMEOUT + SLACK);
  assert.is(host.pings.length, 2);
  assert.is(host.deaths.length, 1);
  assert.ok(host.deaths[0]! <= QUIET + TIMEOUT + SLACK);
});

test("with something outstanding, silence is probed twice and ends after the timeout, however long it was quiet before", () => {
  const host = new Host();
  host.advance(10_000);
  host.waiting = true;
  host.liveness.expect();
  host.advance(TIMEOUT + SLACK);
  assert.is(host.pings.length, 2);
  near(host.pings[0], 10_000 + TIMEOUT / 3);
  near(host.deaths[0], 10_000 + TIMEOUT);
});

test("nothing dies while bytes arrive, be it only one in a while", () => {
  const host = new Host();
  host.waiting = true;
  host.liveness.expect();
  for (let count = 0; count < 100; count++) {
    host.advance(TIMEOUT / 3 + 2_000);
    host.liveness.heard();
  }
  assert.equal(host.deaths, []);
});

test("a long answer is waited for while probes are answered", () => {
  const host = new Host();
  host.waiting = true;
  host.alive = true;
  host.liveness.expect();
  host.advance(100 * TIMEOUT);
  assert.equal(host.deaths, []);
  assert.ok(host.pings.length > 100);
});

test("a process that slept does not take its own silence for the peer's: it probes again first", () => {
  for (const slept of [TIMEOUT, 60_000, 86_400_000]) {
    const host = new Host();
    host.waiting = true;
    host.liveness.expect();
    host.advance(TIMEOUT - 10);
    assert.is(host.pings.length, 2);
    host.time.clock.jump(slept);
    host.advance(TIMEOUT / 3);
    assert.equal(host.deaths, [], `slept ${slept}`);
    assert.ok(host.pings.length > 2);
    host.advance(TIMEOUT);
    assert.is(host.deaths.length, 1);
  }
});

test("input that waits is read before the verdict", () => {
  const host = new Host();
  host.waiting = true;
  host.liveness.expect();
  host.advance(TIMEOUT - 1);
  const { clock } = host.time;
  const before = host.pings.length;
  clock.jump(SLACK);
  // The turn in which the deadline is found to have passed also brings the input.
  clock.endOfTurn(() => host.liveness.heard());
  clock.advance(0);
  host.advance(TIMEOUT / 3 - SLACK);
  assert.equal(host.deaths, []);
  assert.is(host.pings.length, before);
});

test("input that waits is read before a probe: a process that was busy does not ask what it could know", () => {
  const host = new Host();
  const { clock } = host.time;
  host.liveness.measured(1);
  host.waiting = true;
  host.liveness.expect();
  host.advance(MIN_PROBE_MS - 100);
  clock.jump(300);
  // The turn in which the probe is found to be due also brings the input.
  clock.endOfTurn(() => host.liveness.heard());
  host.advance(MIN_PROBE_MS - 100);
  assert.equal(host.pings, []);
  host.advance(100 + SLACK);
  assert.is(host.pings.length, 1);
});

test("pings that come more often than probes cost no busy loop", () => {
  const host = new Host(30_000, 1_000);
  host.alive = true;
  let wakes = 0;
  const { setTimer } = host.time.clock;
  host.time.clock.setTimer = (delayMs, wake) => {
    wakes++;
    return setTimer.call(host.time.clock, delayMs, wake);
  };
  host.advance(20_000);
  assert.ok(host.pings.length >= 10, `${host.pings.length} pings`);
  assert.ok(wakes < 100, `${wakes} wakes`);
});

test("something outstanding does not make a session less attentive than a quiet one", () => {
  const host = new Host(30_000, 1_000);
  host.waiting = true;
  host.alive = true;
  host.advance(20_000);
  assert.ok(host.pings.length >= 5, `${host.pings.length} pings`);
});

test("stopped, it is silent and holds no timer, even when the verdict was on its way", () => {
  const host = new Host();
  host.waiting = true;
  host.liveness.expect();
  const { clock } = host.time;
  const endOfTurn: (() => void)[] = [];
  clock.endOfTurn = (run) => void endOfTurn.push(run);
  for (let ms = 0; ms < TIMEOUT - SLACK; ms += 10) {
    clock.advance(10);
    for (const run of endOfTurn.splice(0)) run();
  }
  assert.is(host.pings.length, 2);
  clock.advance(2 * SLACK);
  assert.is(endOfTurn.length, 1);
  host.liveness.stop();
  host.liveness.heard();
  for (const run of endOfTurn) run();
  assert.equal(host.deaths, []);
  assert.is(host.time.timers.size, 0);
  host.liveness.expect();
  assert.is(host.time.timers.size, 0);
});

test("a measured roundtrip makes it look sooner: after four of them, and after half a second at the soonest", () => {
  for (const [rttMs, probeMs] of [
    [0, MIN_PROBE_MS],
    [100, MIN_PROBE_MS],
    [400, 1_600],
    [10_000, TIMEOUT / 3],
  ] as const) {
    const host = new Host();
    host.waiting = true;
    host.liveness.measured(rttMs);
    host.advance(TIMEOUT + SLACK);
    near(host.pings[0], probeMs);
    near(host.pings[1], host.pings[0]! + probeMs);
    near(host.deaths[0], host.pings[1]! + probeMs);
  }
});

test("a long roundtrip counts at once, short ones after it little by little", () => {
  const host = new Host();
  for (const rttMs of [100, 700, 100]) host.liveness.measured(rttMs);
  host.waiting = true;
  host.liveness.expect();
  host.advance(TIMEOUT);
  near(host.pings[0], 4 * ((7 * 700 + 100) / 8));
});

test("ten thousand peers that die at the same time are all given up when their time is over, and no turn probes more than a few", () => {
  const [peers, perTurn] = [10_000, 16];
  const time = new TestTime();
  const turns = new TurnQueue((run) => time.clock.endOfTurn(run), perTurn);
  let [pings, dead, inTurn, most] = [0, 0, 0, 0];
  const costs = (): void => {
    if (inTurn++ === 0) time.clock.endOfTurn(() => (inTurn = 0));
    most = Math.max(most, inTurn);
  };
  const host = {
    waiting: true,
    probe: () => {
      pings++;
      costs();
    },
    afterPoll: turns.add,
    dead: () => {
      dead++;
      costs();
    },
  };
  for (let count = 0; count < peers; count++) new Liveness(time.timers, host, 9_000, 25_000).measured(10);
  time.clock.advance(MIN_PROBE_MS - 1);
  assert.is(pings, 0);
  time.clock.advance(3 * MIN_PROBE_MS);
  assert.is(pings, 2 * peers);
  assert.is(dead, peers);
  assert.is(most, perTurn);
  assert.is(time.timers.size, 0);
});

test.run();
