import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { StreamTurns, type TurnTaker } from "../../../runtime/command/stream-turns.ts";

/** Turns, and streams that have items of one size whenever they are asked; what `room` is there is theirs. */
class Scene {
  readonly turns: StreamTurns = new StreamTurns((run) => void this.#ends.push(run));
  readonly #ends: (() => void)[] = [];
  room = 0;

  open(itemBytes: number): Stream {
    const stream = new Stream(this, itemBytes);
    this.turns.join(stream);
    return stream;
  }

  /** Gives room, and lets all of it be used. */
  give(bytes: number): void {
    this.room += bytes;
    this.turns.retry();
    this.endTurn();
  }

  endTurn(): void {
    while (this.#ends.length > 0) this.#ends.shift()!();
  }
}

class Stream implements TurnTaker {
  readonly #scene: Scene;
  readonly #itemBytes: number;
  readonly #sends: number[] = [];
  credit = true;
  asking = false;
  late = false;
  sentBytes = 0;
  total = 0;

  constructor(scene: Scene, itemBytes: number) {
    this.#scene = scene;
    this.#itemBytes = itemBytes;
  }

  get able(): boolean {
    return this.credit && this.#scene.room > 0;
  }

  get items(): number {
    return this.#sends.length;
  }

  retry(): void {
    while (this.able && !this.asking && this.#scene.turns.allows(this)) this.#send();
  }

  /** Its source answers. */
  answered(): void {
    this.asking = this.late = false;
    this.retry();
  }

  #send(): void {
    this.#scene.room -= this.#itemBytes;
    this.total += this.#itemBytes;
    this.#sends.push(this.#itemBytes);
    this.#scene.turns.sent(this, this.#itemBytes);
  }
}

const test = suite("command/stream-turns");

test("streams of small and of large items get as many bytes", () => {
  const scene = new Scene();
  const streams = [10, 1_000, 20_000].map((bytes) => scene.open(bytes));
  for (let round = 0; round < 100; round++) scene.give(30_000);
  const totals = streams.map(({ total }) => total);
  assert.ok(Math.max(...totals) - Math.min(...totals) <= 20_000 + 4_096, String(totals));
  assert.ok(totals.reduce((sum, total) => sum + total, 0) >= 3_000_000);
});

test("one alone sends as it likes", () => {
  const scene = new Scene();
  const stream = scene.open(1_000);
  scene.give(1_000_000);
  assert.is(stream.items, 1_000);
});

test("nobody waits for a stream without credit, and it does not make up for that", () => {
  const scene = new Scene();
  const [stopped, other] = [scene.open(1_000), scene.open(1_000)];
  scene.give(20_000);
  stopped.credit = false;
  scene.give(100_000);
  assert.ok(other.total >= 105_000, String(other.total));
  stopped.credit = true;
  const before = [stopped.total, other.total] as const;
  scene.give(100_000);
  assert.ok(Math.abs(stopped.total - before[0] - (other.total - before[1])) <= 10_000);
});

test("a source that is slow is waited for until the end of the turn, and no longer", () => {
  const scene = new Scene();
  const [slow, fast] = [scene.open(1_000), scene.open(1_000)];
  scene.give(20_000);
  slow.asking = true;
  const before = fast.total;
  scene.room += 50_000;
  scene.turns.retry();
  assert.ok(fast.total - before <= 2 * (4_096 + 1_000), String(fast.total - before));
  scene.endTurn();
  assert.is(scene.room, 0);
  assert.is(fast.total - before, 50_000);
  slow.answered();
  scene.give(40_000);
  assert.ok(slow.total >= 25_000, String(slow.total));
});

test("one that ends holds nobody up", () => {
  const scene = new Scene();
  const [leaving, staying] = [scene.open(1_000), scene.open(1_000)];
  scene.give(10_000);
  leaving.asking = true;
  scene.room += 50_000;
  scene.turns.retry();
  scene.turns.leave(leaving);
  assert.is(scene.room, 0);
  assert.ok(staying.total >= 50_000);
});

test("room is never left unused, whoever comes, goes, stops and starts", () => {
  const step = fc.record({
    what: fc.constantFrom("open", "leave", "stop", "start", "ask", "answer", "give", "give", "give"),
    which: fc.nat(9),
    bytes: fc.integer({ min: 1, max: 50_000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const scene = new Scene();
      const streams: Stream[] = [];
      for (const { what, which, bytes } of steps) {
        const stream = streams[which % Math.max(1, streams.length)];
        if (what === "open") streams.push(scene.open(bytes));
        else if (what === "give") scene.give(bytes);
        else if (stream === undefined) continue;
        else if (what === "leave") {
          scene.turns.leave(stream);
          streams.splice(streams.indexOf(stream), 1);
        } else if (what === "stop") stream.credit = false;
        else if (what === "start") {
          stream.credit = true;
          stream.retry();
        } else if (what === "ask") stream.asking = true;
        else stream.answered();
        scene.endTurn();
        // A stream that has joined and was not given room to begin with is retried with the next.
        if (what === "give") assert.ok(scene.room <= 0 || !streams.some(({ credit, asking }) => credit && !asking));
      }
    }),
    { numRuns: 500 },
  );
});

test("a stream that went on after it was held, and whose source then has nothing, is not looked at in every turn of the event loop", () => {
  const ends: (() => void)[] = [];
  const turns = new StreamTurns((run) => void ends.push(run));
  const taker = (): { -readonly [Key in keyof TurnTaker]: TurnTaker[Key] } => ({
    sentBytes: 0,
    able: true,
    asking: false,
    late: false,
    retry() {},
  });
  const [ahead, other] = [taker(), taker()];
  turns.join(ahead);
  turns.join(other);
  turns.sent(ahead, 10_000);
  assert.not(turns.allows(ahead));
  other.able = false;
  assert.ok(turns.allows(ahead));
  other.able = true;
  turns.sent(ahead, 10_000);
  ahead.asking = true;
  other.able = false;
  for (let turn = 0; turn < 5 && ends.length > 0; turn++) ends.shift()!();
  assert.is(ends.length, 0);
});

test.run();
