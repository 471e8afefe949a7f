import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FrameType } from "../../../runtime/session/frame.ts";
import { Outboxes } from "../../../runtime/session/outboxes.ts";
import { Priority } from "../../../runtime/session/priority.ts";
import { frame } from "../../support/session/frames.ts";
import { narrow } from "../../support/session/narrow.ts";

const { SEND, PING, CLOSE } = FrameType;
const { NORMAL, CONTROL, HIGH, BULK } = Priority;

/** Outboxes whose bytes go nowhere. */
class Sink {
  readonly records: { readonly kind: number; readonly bytes: number }[] = [];
  readonly boxes: Outboxes = new Outboxes(10_000_000, { schedule() {} });

  send(kind: number, { length }: Uint8Array): void {
    this.records.push({ kind, bytes: length });
  }

  /** A frame of so many bytes. */
  put(priority: Priority, bytes: number, type: FrameType = SEND): void {
    this.boxes.begin(type, priority).raw(new Uint8Array(bytes - (bytes < 130 ? 2 : bytes < 16_387 ? 3 : 4)));
    this.boxes.end();
  }

  flush(): void {
    this.boxes.flush(this, 0);
  }

  /** Everything that was given is received. */
  receive(): void {
    this.boxes.receive(this.boxes.given, 1);
  }

  get kinds(): readonly number[] {
    return this.records.map(({ kind }) => kind);
  }

  bytesOf(priority: Priority): number {
    return this.records.reduce((sum, { kind, bytes }) => sum + (kind === priority ? bytes : 0), 0);
  }
}

const test = suite("session/outboxes");

test("of what waits, the most urgent leaves first", () => {
  const sink = new Sink();
  for (const priority of [BULK, NORMAL, HIGH, CONTROL, BULK]) sink.put(priority, 100);
  sink.flush();
  assert.equal(sink.kinds, [CONTROL, HIGH, NORMAL, BULK]);
});

test("a greeting leaves before what is more urgent", () => {
  const sink = new Sink();
  sink.put(HIGH, 100);
  sink.put(NORMAL, 100);
  sink.boxes.greet();
  sink.flush();
  assert.equal(sink.kinds, [NORMAL, HIGH]);
});

test("where all is NORMAL, all is given", () => {
  const sink = new Sink();
  sink.put(NORMAL, 200_000);
  sink.put(CONTROL, 50);
  sink.flush();
  assert.equal(sink.kinds, [CONTROL, NORMAL]);
  assert.is(sink.bytesOf(NORMAL), 200_000);
});

test("no more is given than the path takes, and the rest when it takes more", () => {
  const widen = narrow(65_536, 16_384);
  const sink = new Sink();
  sink.boxes.of(HIGH);
  sink.put(NORMAL, 200_000);
  for (let turn = 1; turn <= 3; turn++) {
    sink.flush();
    assert.is(sink.bytesOf(NORMAL), turn * 65_536);
    sink.flush();
    assert.is(sink.bytesOf(NORMAL), turn * 65_536, "nothing was received");
    sink.receive();
  }
  assert.ok(sink.boxes.normal.cut);
  assert.is(sink.boxes.normal.flushed, 0);
  sink.flush();
  assert.is(sink.bytesOf(NORMAL), 200_000);
  assert.is(sink.boxes.normal.flushed, 1);
  assert.not(sink.boxes.pending);
  widen();
});

test("another connection begins with a path of its own: what the one before it was given is not waited for", () => {
  const widen = narrow(65_536, 16_384);
  const sink = new Sink();
  sink.boxes.of(HIGH);
  sink.put(NORMAL, 65_536);
  sink.flush();
  sink.put(NORMAL, 30_000);
  sink.flush();
  assert.is(sink.bytesOf(NORMAL), 65_536);
  sink.boxes.restart();
  sink.flush();
  assert.is(sink.bytesOf(NORMAL), 95_536);
  widen();
});

test("HIGH is given beyond what others wait for, and overtakes the rest of a frame", () => {
  const sink = new Sink();
  sink.put(BULK, 200_000);
  sink.flush();
  sink.put(HIGH, 1_000);
  sink.flush();
  assert.is(sink.bytesOf(HIGH), 1_000);
  assert.ok(sink.boxes.of(BULK).cut);
});

test("while both wait, BULK is given a byte for sixteen of NORMAL; alone, each is given all", () => {
  const widen = narrow(65_536, 16_384);
  const sink = new Sink();
  sink.put(NORMAL, 3_000_000);
  sink.put(BULK, 3_000_000);
  while (sink.boxes.normal.pending) {
    sink.flush();
    sink.receive();
  }
  const share = sink.bytesOf(BULK) / (sink.bytesOf(BULK) + sink.bytesOf(NORMAL));
  assert.ok(Math.abs(share - 1 / 17) < 0.01, `${share}`);
  const before = sink.boxes.given;
  sink.flush();
  assert.ok(sink.boxes.given - before >= 65_536);
  widen();
});

test("more than was given cannot have been received", () => {
  const sink = new Sink();
  sink.put(NORMAL, 1_000);
  sink.flush();
  const { given } = sink.boxes;
  assert.ok(given > 0);
  assert.equal([sink.boxes.receive(given + 1, 1), sink.boxes.receive(given, 1), sink.boxes.receive(1, 2)], [false, true, true]);
});

test("answers ride along with NORMAL unless they would wait there", () => {
  const sink = new Sink();
  sink.boxes.of(HIGH);
  assert.is(sink.boxes.answers, NORMAL);
  sink.put(NORMAL, 60_000);
  assert.is(sink.boxes.answers, NORMAL, "nothing is under way yet that could be waited for");
  sink.flush();
  assert.is(sink.boxes.answers, NORMAL);
  sink.put(NORMAL, 5_000);
  assert.is(sink.boxes.answers, CONTROL);
  sink.put(NORMAL, 50_000);
  sink.flush();
  assert.is(sink.boxes.answers, CONTROL);
  sink.put(CONTROL, 20, PING);
  sink.flush();
  assert.is(sink.records.at(-1)!.kind, CONTROL);
});

test("what nobody acknowledges holds nothing back", () => {
  const sink = new Sink();
  sink.boxes.of(HIGH);
  for (let turn = 0; turn < 100; turn++) {
    sink.put(NORMAL, 5_000, PING);
    sink.flush();
  }
  assert.not(sink.boxes.pending);
});

test("a closing frame is the last of all, and all that waits is before it", () => {
  const sink = new Sink();
  sink.put(NORMAL, 100_000);
  sink.put(BULK, 100_000);
  sink.flush();
  sink.put(NORMAL, 20, CLOSE);
  sink.put(BULK, 50);
  sink.boxes.flushAll(sink, 0);
  assert.is(sink.bytesOf(NORMAL) + sink.bytesOf(BULK), 200_070);
  assert.is(sink.records.at(-1)!.kind, NORMAL);
  assert.not(sink.boxes.pending);
});

test("frames do not nest, whole ones and those of other classes neither, and the outer one survives the attempt", () => {
  const sink = new Sink();
  const { boxes } = sink;
  boxes.begin(SEND, NORMAL).uint32(1);
  for (const priority of [NORMAL, HIGH] as const) {
    assert.throws(() => boxes.begin(SEND, priority), /a frame was begun inside another/);
    assert.throws(() => boxes.put(frame(SEND, 2), priority), /a frame was begun inside another/);
  }
  boxes.end();
  sink.flush();
  assert.equal(sink.records, [{ kind: NORMAL, bytes: frame(SEND, 1).length }]);
  boxes.begin(SEND, NORMAL);
  boxes.abandon();
  boxes.begin(SEND, HIGH);
  boxes.end();
});

test.run();
