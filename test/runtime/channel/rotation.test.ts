import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Aead, CryptoProvider } from "../../../runtime/crypto/provider.ts";
import { Pace } from "../../../runtime/time/pace.ts";
import {
  type Connection,
  carry,
  clientKey,
  connect,
  type End,
  identity,
  native,
  portable,
  seededRandom,
  text,
} from "../../support/channel/ends.ts";

export const testTimeoutMs = 60_000;

const QUIET = 15;

/** One record each way, which both ends understand. */
function talk({ dialer, listener }: Connection): void {
  for (const [from, to] of [
    [dialer, listener],
    [listener, dialer],
  ] as const) {
    const before = to.records.length;
    from.channel.send(0, text("still here"));
    carry(dialer, listener);
    assert.equal(to.records[before]?.bytes, text("still here"));
    assert.is(to.records.length, before + 1);
  }
}

/** The native provider, telling how many of its AEAD keys were made and not wiped. */
function counting(): { crypto: CryptoProvider; live: () => number } {
  let live = 0;
  const crypto = Object.create(native) as CryptoProvider;
  const forwarded = ["x25519KeyPair", "x25519", "ed25519KeyPair", "ed25519Sign", "ed25519Verify", "sha256", "hmacSha256"] as const;
  for (const name of forwarded)
    Object.defineProperty(crypto, name, { value: (native[name] as (...values: unknown[]) => unknown).bind(native) });
  const aead = (key: Uint8Array): Aead => {
    const inner = native.aead(key);
    let wiped = false;
    live++;
    return {
      seal: (...values) => inner.seal(...values),
      open: (...values) => inner.open(...values),
      wipe: () => {
        if (!wiped) live--;
        wiped = true;
        inner.wipe();
      },
    };
  };
  Object.defineProperty(crypto, "aead", { value: aead });
  return { crypto, live: () => live };
}

const test = suite("channel/rotation");

for (const [name, options] of Object.entries({
  "NKpsk0, after NK": {},
  "KKpsk0, after XK": { clientKey },
  "KKpsk0, after XX": { server: { identity: identity.pair.publicKey } },
})) {
  test(`${name}: both ends renew their keys, and export alike`, () => {
    const connection = connect({ ...options, crypto: portable });
    const { dialer, listener } = connection;
    const secrets = [dialer.channel.exporter("resume")];
    for (let epoch = 1; epoch <= 3; epoch++) {
      dialer.channel.rotate();
      carry(dialer, listener);
      assert.is(dialer.channel.stats.epoch, epoch);
      assert.is(listener.channel.stats.epoch, epoch);
      assert.equal(dialer.channel.exporter("resume"), listener.channel.exporter("resume"));
      for (const secret of secrets) assert.not.equal(dialer.channel.exporter("resume"), secret);
      secrets.push(dialer.channel.exporter("resume"));
      talk(connection);
    }
    assert.equal(dialer.epochs, [1, 2, 3]);
    assert.equal(listener.epochs, [1, 2, 3]);
  });
}

test("a listener asks, and the dialler begins", () => {
  const { dialer, listener } = connect();
  listener.channel.rotate();
  listener.channel.rotate();
  assert.is(listener.sent.length, 1);
  carry(dialer, listener);
  assert.equal([dialer.epochs, listener.epochs], [[1], [1]]);
  listener.channel.rotate();
  carry(dialer, listener);
  assert.equal(
    [dialer.epochs, listener.epochs],
    [
      [1, 2],
      [1, 2],
    ],
  );
});

test("both ask at once: one rotation", () => {
  const connection = connect();
  const { dialer, listener } = connection;
  dialer.channel.rotate();
  dialer.channel.rotate();
  listener.channel.rotate();
  carry(dialer, listener);
  assert.equal([dialer.epochs, listener.epochs], [[1], [1]]);
  talk(connection);
});

test("records go on in both directions at every step of a rotation", () => {
  const connection = connect();
  const { dialer, listener } = connection;
  const step = (from: End, to: End): void => {
    dialer.channel.send(0, text("d"));
    listener.channel.send(0, text("l"));
    to.channel.receive(from.sent.splice(0, 1)[0]!);
  };
  dialer.channel.rotate();
  while (dialer.sent.length + listener.sent.length > 0 && dialer.records.length < 40) {
    step(dialer, listener);
    step(listener, dialer);
  }
  carry(dialer, listener);
  assert.equal([dialer.epochs, listener.epochs], [[1], [1]]);
  assert.is(dialer.records.length, listener.channel.stats.recordsOut - 1);
  assert.is(listener.records.length, dialer.channel.stats.recordsOut - 1 - 2);
});

interface Step {
  readonly do: "send" | "rotate" | "deliver";
  readonly side: "dialer" | "listener";
  /** How many to deliver. */
  readonly bytes: number;
}

const side = fc.constantFrom("dialer" as const, "listener" as const);
const action = fc.oneof(
  { weight: 4, arbitrary: fc.constant("send" as const) },
  { weight: 1, arbitrary: fc.constant("rotate" as const) },
  { weight: 4, arbitrary: fc.constant("deliver" as const) },
);
const step: fc.Arbitrary<Step> = fc.record({ do: action, side, bytes: fc.integer({ min: 1, max: 200 }) });

/** Two ends with wires between them that hold bytes back as long as the steps say. */
function interleave(connection: Connection, steps: readonly Step[]): void {
  const ends = { dialer: connection.dialer, listener: connection.listener };
  const wires: Record<Step["side"], number[]> = { dialer: [], listener: [] };
  const counts = { dialer: 0, listener: 0 };
  const deliver = (from: Step["side"], bytes: number): void => {
    const target = ends[from === "dialer" ? "listener" : "dialer"];
    wires[from].push(...ends[from].take());
    target.channel.receive(Uint8Array.from(wires[from].splice(0, bytes)));
  };
  for (const each of steps) {
    if (each.do === "rotate") ends[each.side].channel.rotate();
    else if (each.do === "send") ends[each.side].channel.send(0, text(`${each.side} ${counts[each.side]++}`));
    else deliver(each.side, each.bytes);
  }
  while (wires.dialer.length + wires.listener.length + ends.dialer.sent.length + ends.listener.sent.length > 0) {
    deliver("dialer", 1e6);
    deliver("listener", 1e6);
  }
  for (const [from, to] of [
    ["dialer", "listener"],
    ["listener", "dialer"],
  ] as const) {
    assert.is(ends[to].ending, undefined);
    assert.is(ends[to].illegalMessage, undefined);
    const expected = Array.from({ length: counts[from] }, (_, index) => text(`${from} ${index}`));
    assert.equal(
      ends[to].records.map(({ bytes }) => bytes),
      expected,
    );
  }
  assert.is(ends.dialer.channel.stats.epoch, ends.listener.channel.stats.epoch);
  assert.equal(ends.dialer.epochs, ends.listener.epochs);
  assert.equal(ends.dialer.channel.exporter("x"), ends.listener.channel.exporter("x"));
}

test("under any interleaving of traffic, rotations by both sides and delays, nothing is lost and order is kept", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 150 }), fc.boolean(), (steps, mutual) => {
      interleave(connect(mutual ? { clientKey } : {}), steps);
    }),
    { numRuns: 60 },
  );
});

test("so too when bytes trigger the rotations, on either side's own limit", () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 150 }),
      fc.integer({ min: 20, max: 400 }),
      fc.integer({ min: 20, max: 400 }),
      (steps, ours, theirs) => {
        interleave(connect({ rotateAfterBytes: ours }, { rotateAfterBytes: theirs }), steps);
      },
    ),
    { numRuns: 60 },
  );
});

test("10,000 records across 100 rotations, in order, with only the present keys alive", () => {
  const dialling = counting();
  const listening = counting();
  const connection = connect({ crypto: dialling.crypto }, { crypto: listening.crypto });
  const { dialer, listener, time } = connection;
  for (let rotation = 1; rotation <= 100; rotation++) {
    time.clock.jump(1_200);
    dialer.channel.rotate();
    for (let index = 0; index < 50; index++) {
      dialer.channel.send(0, text(`${rotation} ${index}`));
      listener.channel.send(0, text(`${rotation} ${index}`));
    }
    carry(dialer, listener);
    assert.is(dialling.live(), 2);
    assert.is(listening.live(), 2);
  }
  assert.is(dialer.channel.stats.epoch, 100);
  for (const end of [dialer, listener]) {
    assert.is(end.records.length, 5000);
    for (const [index, { bytes }] of end.records.entries()) assert.equal(bytes, text(`${1 + Math.floor(index / 50)} ${index % 50}`));
  }
  dialer.channel.destroy();
  listener.channel.destroy();
  assert.is(dialling.live() + listening.live(), 0);
});

test("a connection cut at any point of a rotation leaves no key, no timer, and no event", () => {
  for (let cut = 0; cut <= 5; cut++) {
    const [dialling, listening] = [counting(), counting()];
    const { dialer, listener, time } = connect({ crypto: dialling.crypto }, { crypto: listening.crypto });
    listener.channel.rotate();
    const ends = [listener, dialer] as const;
    for (let moves = 0; moves < cut; moves++) {
      const [from, to] = [ends[moves % 2]!, ends[(moves + 1) % 2]!];
      for (const bytes of from.sent.splice(0)) to.channel.receive(bytes);
    }
    const told = dialer.told.length + listener.told.length;
    dialer.channel.destroy();
    listener.channel.destroy();
    carry(dialer, listener);
    assert.is(dialling.live() + listening.live(), 0, `cut ${cut}`);
    assert.is(time.timers.size, 0);
    assert.is(dialer.told.length + listener.told.length, told);
  }
});

test("time renews the keys of a session in use, at the latest every rotateAfterMs and by a quarter sooner at most", () => {
  const rotateAfterMs = 60_000;
  const { dialer, listener, time } = connect({ rotateAfterMs });
  const renewals: number[] = [];
  for (let second = 0; second < 1_200; second++) {
    dialer.channel.send(0, text("busy"));
    carry(dialer, listener);
    time.clock.advance(1000);
    carry(dialer, listener);
    if (dialer.channel.stats.epoch > renewals.length) renewals.push(time.clock.now());
  }
  assert.ok(renewals.length >= 20);
  renewals.reduce((before, at) => {
    assert.ok(at - before >= 0.75 * rotateAfterMs && at - before <= rotateAfterMs + 2_000, `after ${at - before} ms`);
    return at;
  }, 0);
  assert.is(listener.channel.stats.epoch, dialer.channel.stats.epoch);
});

test("sessions that all hear the same thing at once do not renew their keys together", () => {
  const rotateAfterMs = 60_000;
  const after = Array.from({ length: 40 }, (_, seed) => {
    const { dialer, listener, time } = connect({ rotateAfterMs, random: seededRandom(100 + seed) });
    const delays: number[] = [];
    for (let epoch = 1; epoch <= 2; epoch++) {
      listener.channel.send(0, text("for all"));
      carry(dialer, listener);
      const start = time.clock.now();
      while (dialer.channel.stats.epoch < epoch) {
        time.clock.advance(100);
        carry(dialer, listener);
      }
      delays.push(time.clock.now() - start);
    }
    return delays;
  });
  for (const epoch of [0, 1]) {
    const delays = after.map((each) => each[epoch]!).sort((a, b) => a - b);
    const inEighth = (part: number): number => delays.filter((ms) => Math.floor(ms / (rotateAfterMs / 8)) === part).length;
    assert.ok(inEighth(6) >= 10 && inEighth(7) >= 10, `${delays}`);
  }
});

test("a quiet session rotates once after its last traffic, then holds no timer until there is traffic again", () => {
  const { dialer, listener, time } = connect();
  assert.is(time.timers.size, 0);
  const active = [() => dialer.channel.send(0, text("to the server")), () => listener.channel.send(0, text("to the client"))];
  for (const [index, send] of active.entries()) {
    send();
    carry(dialer, listener);
    assert.is(time.timers.size, 1);
    time.clock.advance(89_900);
    assert.equal(dialer.sent, []);
    time.clock.advance(30_200);
    carry(dialer, listener);
    assert.is(dialer.channel.stats.epoch, index + 1);
    assert.is(time.timers.size, 0);
    time.clock.advance(1_000_000);
    carry(dialer, listener);
    assert.is(dialer.channel.stats.epoch, index + 1);
  }
});

test("a rotation that the listener asked for, and traffic during one, leave no timer behind", () => {
  const { dialer, listener, time } = connect();
  dialer.channel.send(0, text("before"));
  carry(dialer, listener);
  assert.is(time.timers.size, 1);
  listener.channel.rotate();
  carry(dialer, listener);
  assert.is(dialer.channel.stats.epoch, 1);
  assert.is(time.timers.size, 0);
  dialer.channel.rotate();
  dialer.channel.send(0, text("during"));
  listener.channel.send(0, text("during"));
  carry(dialer, listener);
  assert.is(dialer.channel.stats.epoch, 2);
  assert.is(time.timers.size, 0);
});

test("bytes count from the present key on, in both directions", () => {
  const limits = { rotateAfterBytes: 1000, rotationOverdueBytes: 1000 };
  const { dialer, listener } = connect(limits, limits);
  for (let epoch = 1; epoch <= 5; epoch++) {
    dialer.channel.send(0, new Uint8Array(800));
    listener.channel.send(0, new Uint8Array(800));
    carry(dialer, listener);
    assert.is(dialer.channel.stats.epoch, epoch - 1);
    dialer.channel.rotate();
    carry(dialer, listener);
    assert.is(listener.channel.stats.epoch, epoch);
  }
  assert.equal([dialer.ending, listener.ending], [undefined, undefined]);
});

test("probes in QUIET records do not keep the keys' clock running", () => {
  const { dialer, listener, time } = connect();
  for (let probe = 0; probe < 20; probe++) {
    listener.channel.send(QUIET, text("?"));
    carry(dialer, listener);
    dialer.channel.send(QUIET, text("!"));
    carry(dialer, listener);
    time.clock.advance(25_000);
  }
  assert.is(time.timers.size, 0);
  assert.is(dialer.channel.stats.epoch, 0);
});

test("bytes in either direction renew the keys, by the smaller limit of the two sides", () => {
  for (const [ours, theirs] of [
    [10_000, undefined],
    [undefined, 10_000],
  ]) {
    for (const direction of ["dialer", "listener"] as const) {
      const connection = connect({ rotateAfterBytes: ours }, { rotateAfterBytes: theirs });
      const from = connection[direction];
      const first = direction === "dialer" ? 19 : 0;
      from.channel.send(0, new Uint8Array(10_000 - first - 19 - 1));
      carry(connection.dialer, connection.listener);
      assert.is(from.channel.stats.epoch, 0);
      from.channel.send(0, new Uint8Array(0));
      carry(connection.dialer, connection.listener);
      assert.is(from.channel.stats.epoch, 1);
      talk(connection);
    }
  }
});

test("a peer that ignores a rotation is ROTATION_OVERDUE one byte past the limit, whichever side it is", () => {
  const limits = { rotateAfterBytes: 1000, rotationOverdueBytes: 2000 };
  for (const ignoring of ["dialer", "listener"] as const) {
    const { dialer, listener } = connect(ignoring === "dialer" ? {} : limits, ignoring === "dialer" ? limits : {});
    const [from, to] = ignoring === "dialer" ? [dialer, listener] : [listener, dialer];
    const earlier = ignoring === "dialer" ? 19 : 0;
    from.channel.send(0, new Uint8Array(2000 - earlier - 19));
    to.channel.receive(from.take());
    assert.is(to.records.length, 1);
    assert.is(to.sent.length, 1, "the request, which nobody reads");
    from.channel.send(0, new Uint8Array(0));
    to.channel.receive(from.take());
    assert.is(to.ending?.reason, "ROTATION_OVERDUE");
    assert.is(to.records.length, 1);
  }
});

test("a peer that only receives must renew too: what was sent to it counts when it speaks", () => {
  const { dialer, listener } = connect({}, { rotateAfterBytes: 1000, rotationOverdueBytes: 2000 });
  listener.channel.send(0, new Uint8Array(3000));
  listener.take();
  assert.is(listener.ending, undefined);
  dialer.channel.send(0, text("more"));
  carry(dialer, listener);
  assert.is(listener.ending?.reason, "ROTATION_OVERDUE");
});

test("without an option, 16 MiB may be under way whatever rotateAfterBytes is", () => {
  const { dialer, listener } = connect({}, { rotateAfterBytes: 1000 });
  dialer.channel.send(0, new Uint8Array(16_000_000));
  listener.channel.receive(dialer.take());
  assert.is(listener.ending, undefined);
  dialer.channel.send(0, new Uint8Array(1_000_000));
  listener.channel.receive(dialer.take());
  assert.is(listener.ending?.reason, "ROTATION_OVERDUE");
});

test("a dialler that is asked for many renewals spreads them: a few at once, then less than one a second", () => {
  const { dialer, listener, time } = connect();
  const ask = (seconds: number): void => {
    for (let at = 0; at < seconds * 10; at++) {
      (at % 2 === 0 ? dialer : listener).channel.rotate();
      carry(dialer, listener);
      time.clock.advance(100);
      carry(dialer, listener);
    }
  };
  ask(1);
  assert.is(dialer.channel.stats.epoch, 8);
  ask(100);
  const { epoch } = dialer.channel.stats;
  assert.ok(epoch >= 96 && epoch <= 100, `${epoch}`);
  assert.is(listener.channel.stats.epoch, epoch);
  assert.is(listener.ending, undefined);
  assert.is(listener.illegalMessage, undefined);
  dialer.channel.destroy();
  listener.channel.destroy();
  assert.is(time.timers.size, 0, "a renewal that waits is forgotten");
});

test("a renewal that had to wait comes by itself", () => {
  const { dialer, listener, time } = connect();
  for (let count = 0; count < 9; count++) {
    dialer.channel.rotate();
    carry(dialer, listener);
  }
  assert.is(dialer.channel.stats.epoch, 8);
  time.clock.advance(1_200);
  carry(dialer, listener);
  assert.is(dialer.channel.stats.epoch, 9);
});

test("a dialler that renews the keys without end ends the session", () => {
  const { dialer, listener, time } = connect();
  const restore = Object.getOwnPropertyDescriptor(Pace.prototype, "open")!;
  Object.defineProperty(Pace.prototype, "open", { get: () => true, configurable: true });
  try {
    for (let count = 0; count < 10; count++) {
      dialer.channel.rotate();
      carry(dialer, listener);
    }
    assert.is(listener.channel.stats.epoch, 10);
    time.clock.advance(1_000);
    dialer.channel.rotate();
    carry(dialer, listener);
    assert.is(listener.channel.stats.epoch, 11);
    assert.is(listener.illegalMessage, undefined);
    dialer.channel.rotate();
    carry(dialer, listener);
  } finally {
    Object.defineProperty(Pace.prototype, "open", restore);
  }
  assert.match(listener.illegalMessage!, /rotations follow each other too fast/);
  assert.is(listener.channel.stats.epoch, 11);
});

test("keys that carried a mebibyte may be renewed at any time", () => {
  const { dialer, listener } = connect({ rotateAfterBytes: 1_000_000 });
  const record = new Uint8Array(60_000);
  for (let count = 0; count < 20 * 20; count++) {
    (count % 2 === 0 ? dialer : listener).channel.send(0, record);
    carry(dialer, listener);
  }
  const { epoch } = dialer.channel.stats;
  assert.ok(epoch >= 11, `${epoch} renewals of 24 MB`);
  assert.is(listener.illegalMessage, undefined);
  assert.is(listener.channel.stats.epoch, epoch);
});

test.run();
