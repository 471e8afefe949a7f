import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Pacer } from "../../../runtime/session/pacer.ts";

/** A path of a rate and a delay that takes whatever it is given, and a peer that says at once what came. */
class Path {
  readonly pacer: Pacer = new Pacer();
  readonly #under: { readonly end: number; readonly at: number }[] = [];
  bytesPerMs: number;
  roundtripMs: number;
  now = 0;
  sent = 0;
  received = 0;
  /** The most that was under way since somebody asked. */
  most = 0;
  #freeAt = 0;

  constructor(bytesPerMs: number, roundtripMs: number) {
    this.bytesPerMs = bytesPerMs;
    this.roundtripMs = roundtripMs;
  }

  /** Gives what may be given for so long, at most `bytesPerMs` of it. */
  run(ms: number, bytesPerMs: number = Number.POSITIVE_INFINITY): void {
    const end = this.now + ms;
    for (let left = 0; this.now < end; this.now++) {
      while (this.#under[0] !== undefined && this.#under[0].at <= this.now) {
        this.received = this.#under.shift()!.end;
        this.pacer.receive(this.received, this.now);
      }
      left = Math.min(left + bytesPerMs, 1e9);
      while (this.pacer.room > 0 && left >= this.pacer.piece) this.#give(this.pacer.piece, () => (left -= this.pacer.piece));
      this.pacer.full = left >= this.pacer.piece;
      this.most = Math.max(this.most, this.sent - this.received);
    }
  }

  #give(bytes: number, given: () => void): void {
    given();
    this.pacer.give(bytes, this.now);
    this.sent += bytes;
    this.#freeAt = Math.max(this.#freeAt, this.now) + bytes / this.bytesPerMs;
    this.#under.push({ end: this.sent, at: this.#freeAt + this.roundtripMs });
  }
}

const test = suite("session/pacer");

test("to a path that is not known, 64 KiB are given, in pieces of 16 KiB", () => {
  const pacer = new Pacer();
  assert.equal([pacer.room, pacer.piece], [65_536, 16_384]);
  pacer.give(60_000, 0);
  assert.is(pacer.room, 5_536);
  pacer.receive(60_000, 10);
  assert.is(pacer.room, 65_536);
});

for (const [bytesPerMs, roundtripMs] of [
  [125, 100],
  [1_250, 100],
  [12_500, 20],
  [100_000, 1],
] as const) {
  test(`${(bytesPerMs * 8) / 1_000} Mbit/s, ${roundtripMs} ms: the path is kept busy, and little more than one and a half times what it holds is under way`, () => {
    const path = new Path(bytesPerMs, roundtripMs);
    path.run(5_000);
    const before = path.received;
    path.most = 0;
    path.run(8_000);
    const rate = (path.received - before) / 8_000;
    assert.ok(rate > 0.95 * bytesPerMs, `${rate} bytes/ms`);
    // The acknowledgement's delay counts as delay of the path, and so does a piece's own time.
    const bound = 1.5 * bytesPerMs * (roundtripMs + 25 + 15) + path.pacer.piece;
    assert.ok(path.most < 1.1 * bound, `${path.most} bytes under way, more than ${bound}`);
    assert.ok(path.pacer.piece <= Math.max(2_048, 1.1 * bytesPerMs * 10), "a piece takes 10 ms");
  });
}

test("a path that becomes ten times as fast or as slow is known within a minute", () => {
  const path = new Path(1_000, 40);
  path.run(5_000);
  path.bytesPerMs = 10_000;
  path.run(2_000);
  let before = path.received;
  path.run(1_000);
  assert.ok((path.received - before) / 1_000 > 9_000);
  path.bytesPerMs = 1_000;
  path.run(45_000);
  path.most = 0;
  before = path.received;
  path.run(1_000);
  assert.ok((path.received - before) / 1_000 > 900);
  assert.ok(path.most < 1.2 * 1.5 * 1_000 * (40 + 25 + 15), `${path.most}`);
});

test("a path that becomes longer is still kept busy", () => {
  const path = new Path(1_000, 20);
  path.run(5_000);
  path.roundtripMs = 200;
  path.run(25_000);
  const before = path.received;
  path.run(5_000);
  assert.ok((path.received - before) / 5_000 > 800, `${(path.received - before) / 5_000}`);
});

test("what is sent as it comes does not make a fast path a slow one", () => {
  const path = new Path(10_000, 20);
  path.run(3_000);
  const { window } = path.pacer;
  path.run(60_000, 30);
  assert.ok(path.pacer.window > 0.7 * window, `${path.pacer.window} of ${window}`);
});

test("less than was received before says nothing", () => {
  const pacer = new Pacer();
  pacer.give(1_000, 0);
  pacer.receive(1_000, 1);
  pacer.receive(500, 2);
  assert.is(pacer.room, 65_536);
});

test("of a peer that acknowledges nothing, no more than 256 measures are under way", () => {
  const pacer = new Pacer();
  pacer.full = true;
  for (let now = 0; now < 10_000; now++) pacer.give(20, now);
  pacer.receive(200_000, 10_000);
  // Measures begin with the give at 819 ms: the last of them was given at 1,074, and all that came later was not measured.
  const [rate, roundtripMs] = [20, 10_000 - 1_074];
  assert.is(pacer.window, 0.25 * rate * (roundtripMs + 25));
  pacer.give(20_000, 10_001);
  pacer.receive(220_000, 10_002);
  assert.is.not(pacer.window, 0.25 * rate * (roundtripMs + 25), "what comes is measured again");
});

test("another connection begins anew", () => {
  const path = new Path(125, 100);
  path.run(5_000);
  path.pacer.restart();
  assert.equal([path.pacer.room, path.pacer.piece, path.pacer.full], [65_536, 16_384, false]);
});

test.run();
