import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RecordKind } from "../../../runtime/channel/channel.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { Outbox } from "../../../runtime/session/outbox.ts";
import { TURN_BYTES } from "../../../runtime/session/turn.ts";
import { frame, numbersOf, parseFrames } from "../../support/session/frames.ts";

const { SEND, SEND_VOLATILE, PING, CANCEL } = FrameType;

class Sink {
  readonly records: { readonly kind: number; readonly bytes: Uint8Array }[] = [];
  scheduled = 0;
  readonly outbox: Outbox;

  constructor(limit = 1_000_000) {
    this.outbox = new Outbox(limit, { given: 0, give() {}, receive() {}, turns: { schedule: () => void this.scheduled++ } });
  }

  /** A numbered frame of exactly `size` bytes. */
  put(size: number): void {
    this.outbox.begin(SEND).raw(new Uint8Array(size - 2));
    this.outbox.end();
  }

  /** A volatile frame of exactly `size` bytes. */
  blip(size: number): void {
    this.outbox.begin(SEND_VOLATILE).raw(new Uint8Array(size - 2));
    this.outbox.end();
  }

  control(): void {
    this.outbox.begin(PING).uint32(1);
    this.outbox.end();
  }

  send(kind: number, bytes: Uint8Array): void {
    this.records.push({ kind, bytes: bytes.slice() });
  }

  flush(): void {
    this.outbox.flush(this);
  }
}

const test = suite("session/outbox");

test("the frames of one turn leave together, in order, and one flush is asked for", () => {
  const sink = new Sink();
  for (const id of [1, 300, 5]) {
    sink.outbox.begin(CANCEL).uintNumber(id);
    sink.outbox.end();
  }
  assert.is(sink.scheduled, 1);
  sink.flush();
  assert.is(sink.records.length, 1);
  const frames = parseFrames(sink.records[0]!.bytes);
  assert.equal(
    frames.map(({ body }) => numbersOf(body, 1)[0]),
    [1, 300, 5],
  );
  assert.not(sink.outbox.pending);
  sink.flush();
  assert.is(sink.records.length, 1);
  sink.put(10);
  assert.is(sink.scheduled, 2);
});

test("numbers count what is sequenced; a turn without any leaves as a quiet record", () => {
  const sink = new Sink();
  sink.control();
  sink.flush();
  assert.is(sink.outbox.numbered, 0);
  assert.not(sink.outbox.unacknowledged);
  sink.put(10);
  sink.control();
  assert.is(sink.outbox.numbered, 1);
  assert.is(sink.outbox.flushed, 0);
  sink.flush();
  assert.is(sink.outbox.flushed, 1);
  assert.ok(sink.outbox.unacknowledged);
  assert.equal(
    sink.records.map(({ kind }) => kind),
    [RecordKind.QUIET, RecordKind.NORMAL],
  );
});

/** A numbered frame with a body of `size` zeros that others may send too. */
const shared = (size: number): Uint8Array => frame(SEND, new Uint8Array(size));

test("a whole frame that is alone in its turn leaves from its own memory, is kept there, and takes no buffer", () => {
  const sink = new Sink();
  const { replay } = sink.outbox;
  sink.outbox.keeps = true;
  const whole = shared(300);
  const given: Uint8Array[] = [];
  sink.outbox.put(whole);
  assert.equal([sink.scheduled, sink.outbox.numbered, sink.outbox.turnBytes, sink.outbox.pending], [1, 1, whole.length, true]);
  sink.outbox.flush({ send: (_kind, bytes) => given.push(bytes) });
  assert.is(given[0], whole);
  const kept: Uint8Array[] = [];
  replay.replay(0, 0, (_type, bytes) => kept.push(bytes));
  assert.is(kept[0], whole);
  assert.is(sink.outbox.heldBytes, whole.length + TURN_BYTES);
  assert.ok(sink.outbox.acknowledge(1));
  assert.is(sink.outbox.heldBytes, 0);
});

test("with an acknowledgement behind it, it still is kept in its own memory", () => {
  const sink = new Sink();
  const { replay } = sink.outbox;
  sink.outbox.keeps = true;
  const whole = shared(300);
  sink.outbox.put(whole);
  sink.control();
  sink.outbox.begin(SEND).uint32(7);
  sink.outbox.abandon();
  sink.flush();
  assert.equal(
    parseFrames(sink.records[0]!.bytes).map(({ type }) => type),
    [SEND, PING],
  );
  const kept: Uint8Array[] = [];
  replay.replay(0, 0, (_type, bytes) => kept.push(bytes));
  assert.is(kept[0], whole);
});

test("whole frames and others leave in the order in which they came, and what is kept is what is numbered", () => {
  const step = fc.oneof(
    fc.record({ what: fc.constantFrom("whole", "whole", "own", "blip", "abandoned"), size: fc.integer({ min: 3, max: 40 }) }),
    fc.record({ what: fc.constantFrom("control", "flush", "accept", "settle", "keep"), size: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const sink = new Sink();
      const { outbox } = sink;
      const { replay } = outbox;
      outbox.keeps = true;
      const numbered: number[] = [];
      let detached = false;
      const given: number[] = [];
      const flush = (most?: number): void => {
        const before = sink.records.length;
        outbox.flush(sink, 0, most);
        for (const { bytes } of sink.records.slice(before)) given.push(...bytes);
      };
      for (const { what, size } of steps) {
        if (what === "whole") outbox.put(shared(size));
        else if (what === "own") sink.put(size + 2);
        else if (what === "blip") sink.blip(size + 2);
        else if (what === "control") sink.control();
        else if (what === "abandoned") {
          outbox.begin(SEND).raw(new Uint8Array(size));
          outbox.abandon();
        } else if (what === "flush") flush();
        else if (what === "settle") flush(5);
        else if (what === "keep") {
          outbox.keep(0);
          detached = true;
        } else outbox.acknowledge(Math.min(outbox.flushed, outbox.accepted + 2));
        if (what === "whole" || what === "own") numbered.push(size);
      }
      while (outbox.pending) flush();
      const kept: number[] = [];
      replay.replay(outbox.accepted, 0, (type, _bytes, start, end) => {
        assert.is(type, SEND);
        kept.push(end - start);
      });
      assert.equal(kept, numbered.slice(outbox.accepted));
      assert.is(outbox.numbered, numbered.length);
      if (detached) return;
      const sent = parseFrames(Uint8Array.from(given)).filter(({ type }) => type === SEND);
      assert.equal(
        sent.map(({ body }) => body.length),
        numbered,
      );
    }),
  );
});

test("room ends at the limit, counts what is not flushed yet, and comes back with acknowledgements", () => {
  const sink = new Sink(100 + TURN_BYTES);
  sink.put(50);
  sink.put(49);
  assert.ok(sink.outbox.room, "99 bytes of 100");
  sink.put(30);
  assert.not(sink.outbox.room, "one message may overshoot");
  sink.flush();
  assert.not(sink.outbox.room);
  assert.ok(sink.outbox.acknowledge(2));
  assert.not(sink.outbox.room, "a flush is freed as a whole");
  assert.ok(sink.outbox.acknowledge(3));
  assert.ok(sink.outbox.room);
});

test("room is gone when exactly the limit is used", () => {
  const sink = new Sink(100 + TURN_BYTES);
  sink.put(100);
  assert.not(sink.outbox.room);
});

test("streams have no more room in a turn that is long, commands have", () => {
  const sink = new Sink();
  sink.put(262_100 - TURN_BYTES);
  assert.ok(sink.outbox.streamRoom);
  sink.put(100);
  assert.not(sink.outbox.streamRoom);
  assert.ok(sink.outbox.room);
  sink.flush();
  assert.ok(sink.outbox.streamRoom, "nothing is accepted, but the turn is over");
});

test("control frames take no room", () => {
  const sink = new Sink(10);
  for (let count = 0; count < 20; count++) sink.control();
  assert.ok(sink.outbox.room);
});

test("an acknowledgement of what was never handed over is refused; an old one is without effect", () => {
  const sink = new Sink();
  sink.put(10);
  assert.not(sink.outbox.acknowledge(1), "numbered, but not flushed");
  sink.flush();
  assert.not(sink.outbox.acknowledge(2));
  assert.ok(sink.outbox.acknowledge(1));
  assert.ok(sink.outbox.acknowledge(0));
  assert.is(sink.outbox.accepted, 1);
});

test("what an earlier connection was given counts as given, and may be acknowledged before the next one is given it again", () => {
  const sink = new Sink();
  const { outbox } = sink;
  outbox.keeps = true;
  sink.put(100);
  sink.put(100);
  sink.flush();
  outbox.keep(0);
  outbox.again(0, ({ body }, write) => write(SEND, (writer) => writer.raw(body.bytes.subarray(body.position, body.end))));
  assert.is(outbox.flushed, 2);
  assert.is(outbox.acknowledge(3), false);
  assert.is(outbox.acknowledge(2), true);
  assert.is(outbox.heldBytes, 0);
  sink.flush();
  sink.put(100);
  sink.flush();
  assert.is(outbox.flushed, 3);
  assert.is(outbox.acknowledge(3), true);
});

test("an abandoned frame leaves no trace, alone or between others", () => {
  const sink = new Sink();
  sink.outbox.begin(SEND).raw(new Uint8Array(100_000));
  sink.outbox.abandon();
  assert.not(sink.outbox.pending);
  assert.is(sink.scheduled, 0);
  sink.put(10);
  sink.outbox.begin(SEND).uint32(7);
  sink.outbox.abandon();
  sink.put(12);
  sink.flush();
  assert.equal(
    parseFrames(sink.records[0]!.bytes).map(({ body }) => body.length),
    [8, 10],
  );
  assert.is(sink.outbox.numbered, 2);
});

test("a waiter is told once all that was numbered before it is accepted", () => {
  const sink = new Sink();
  const told: string[] = [];
  sink.outbox.whenAcknowledged(() => told.push("nothing was sent"));
  sink.put(10);
  sink.put(10);
  sink.outbox.whenAcknowledged(() => told.push("two"));
  sink.put(10);
  sink.outbox.whenAcknowledged(() => told.push("three"));
  sink.flush();
  sink.outbox.acknowledge(1);
  assert.equal(told, ["nothing was sent"]);
  sink.outbox.acknowledge(2);
  assert.equal(told, ["nothing was sent", "two"]);
  sink.outbox.acknowledge(3);
  assert.equal(told, ["nothing was sent", "two", "three"]);
});

test("a quiet outbox holds no buffer: two that take turns write into the same memory, and a large one is not kept", () => {
  const memory: ArrayBufferLike[] = [];
  const sink = { send: (_kind: number, bytes: Uint8Array) => void memory.push(bytes.buffer) };
  const write = (outbox: Outbox, size: number): void => {
    outbox.begin(SEND).raw(new Uint8Array(size));
    outbox.end();
    outbox.flush(sink);
  };
  const [a, b] = [new Sink().outbox, new Sink().outbox];
  write(a, 10);
  write(b, 10);
  assert.is(memory[0], memory[1]);
  write(a, 1_000_000);
  write(b, 10);
  assert.ok(memory[3]!.byteLength <= 65_536);
  // The same for a message that turned out too large.
  b.begin(SEND).raw(new Uint8Array(1_000_000));
  b.abandon();
  write(b, 10);
  assert.ok(memory[4]!.byteLength <= 65_536);
});

test("behind a long frame, three bytes are left for the length of the next one, so that it need not be moved; a short one is, and the next has one", () => {
  const sink = new Sink(10_000_000);
  const left: number[] = [];
  const written: Uint8Array[] = [];
  for (const size of [100_000, 100_000, 5, 5, 16_384, 3_000_000, 200]) {
    const body = new Uint8Array(size).fill(left.length + 1);
    const writer = sink.outbox.begin(SEND);
    left.push(writer.position - 1 - written.reduce((sum, { length }) => sum + length, 0));
    writer.raw(body);
    sink.outbox.end();
    written.push(frame(SEND, body));
  }
  assert.equal(left, [1, 3, 3, 1, 1, 3, 3]);
  sink.outbox.flush(sink);
  assert.equal(Buffer.from(sink.records[0]!.bytes).equals(Buffer.concat(written)), true);
});

test("what leaves again and cannot be given now gets no second number from what comes behind it", () => {
  const sink = new Sink();
  const { outbox } = sink;
  outbox.keeps = true;
  sink.put(10);
  sink.flush();
  outbox.keep(0);
  outbox.again(0, ({ body }, write) => write(SEND, (writer) => writer.raw(body.bytes.subarray(body.position, body.end))));
  outbox.hold(0);
  sink.put(20);
  sink.flush();
  sink.flush();
  const kept: number[][] = [];
  outbox.replay.replay(0, 0, (_type, _bytes, start, end, _ageMs, number) => kept.push([number, end - start]));
  assert.equal(kept, [
    [1, 8],
    [2, 18],
  ]);
});

test("what waits for a transport waits no more when the connection is gone", () => {
  const sink = new Sink();
  sink.put(10);
  sink.outbox.hold(0);
  assert.ok(sink.outbox.stuck);
  sink.outbox.keep(0);
  assert.not(sink.outbox.stuck);
});

test("a long turn behind a much longer one is kept in memory of about its size, and not in as much as the longer one took", () => {
  const sink = new Sink(10_000_000);
  sink.outbox.keeps = true;
  sink.put(1_000_000);
  sink.flush();
  sink.put(20_000);
  sink.flush();
  const memory: number[] = [];
  sink.outbox.replay.replay(1, 0, (_type, bytes) => memory.push(bytes.buffer.byteLength));
  assert.equal(
    memory.map((bytes) => bytes < 80_000),
    [true],
  );
});

test("long turns leave from memory that is kept until they are accepted, and used again then", () => {
  const memory: ArrayBufferLike[] = [];
  const sink = { send: (_kind: number, bytes: Uint8Array) => void memory.push(bytes.buffer) };
  const { outbox } = new Sink();
  const { replay } = outbox;
  outbox.keeps = true;
  const write = (value: number): void => {
    outbox.begin(SEND).raw(new Uint8Array(65_536).fill(value));
    outbox.end();
    outbox.flush(sink);
  };
  for (const value of [1, 2, 3]) write(value);
  assert.is(new Set(memory).size, 3);
  const kept: number[] = [];
  replay.replay(0, 0, (_type, bytes, start, end) => kept.push(bytes[start]!, bytes[end - 1]!));
  assert.equal(kept, [1, 1, 2, 2, 3, 3]);
  outbox.acknowledge(2);
  write(4);
  assert.is(memory[3], memory[1]);
});

test("what a part of was sent, and of which all was accepted but frames without a number, stays in memory until it has left", () => {
  const sink = new Sink(10_000_000);
  sink.outbox.keeps = true;
  sink.outbox.begin(SEND).raw(new Uint8Array(140_000).fill(1));
  sink.outbox.end();
  sink.outbox.begin(CANCEL).uintNumber(7);
  sink.outbox.end();
  sink.outbox.hold(0);
  sink.outbox.flush(sink, 0, 10, 140_004);
  sink.outbox.acknowledge(1);
  const other = new Sink(10_000_000);
  other.outbox.begin(SEND).raw(new Uint8Array(140_000).fill(2));
  other.outbox.end();
  while (sink.outbox.pending) sink.flush();
  const frames = parseFrames(Buffer.concat(sink.records.map(({ bytes }) => bytes)));
  assert.is(frames[0]!.body[139_999], 1);
  assert.equal(numbersOf(frames[1]!.body, 1), [7]);
});

test("two outboxes that write in the same turn do not share memory", () => {
  const [a, b] = [new Sink(), new Sink()];
  a.outbox.begin(CANCEL).uintNumber(1);
  b.outbox.begin(CANCEL).uintNumber(2);
  a.outbox.end();
  b.outbox.end();
  a.flush();
  b.flush();
  assert.equal(numbersOf(parseFrames(a.records[0]!.bytes)[0]!.body, 1), [1]);
  assert.equal(numbersOf(parseFrames(b.records[0]!.bytes)[0]!.body, 1), [2]);
});

test("whatever is sent, flushed and acknowledged, the room is that of what is neither acknowledged nor freed by its flush", () => {
  const step = fc.oneof(
    fc.record({ put: fc.integer({ min: 2, max: 60 }) }),
    fc.constant({ flush: true }),
    fc.record({ ack: fc.double({ min: 0, max: 1, noNaN: true }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const sink = new Sink(200 + 3 * TURN_BYTES);
      let turn: number[] = [];
      let flushed: { readonly upTo: number; readonly bytes: number }[] = [];
      for (const action of steps) {
        if ("put" in action) {
          sink.put(action.put);
          turn.push(action.put);
        } else if ("flush" in action) {
          sink.flush();
          if (turn.length > 0) flushed.push({ upTo: sink.outbox.numbered, bytes: turn.reduce((sum, size) => sum + size, TURN_BYTES) });
          turn = [];
        } else {
          const upTo = Math.floor(action.ack * sink.outbox.flushed);
          assert.ok(sink.outbox.acknowledge(upTo));
          flushed = flushed.filter((entry) => entry.upTo > upTo && entry.upTo > sink.outbox.accepted);
        }
        const held = [...turn, ...flushed.map(({ bytes }) => bytes)].reduce((sum, size) => sum + size, turn.length > 0 ? TURN_BYTES : 0);
        assert.is(sink.outbox.room, held < 200 + 3 * TURN_BYTES);
      }
    }),
    { numRuns: 300 },
  );
});

test("turns with little in them fill the outbox by their number", () => {
  const sink = new Sink(100 * TURN_BYTES);
  let turns = 0;
  for (; sink.outbox.room; turns++) {
    sink.put(3);
    sink.flush();
  }
  assert.ok(turns > 90 && turns < 100, String(turns));
  assert.ok(sink.outbox.acknowledge(turns));
  assert.is(sink.outbox.heldBytes, 0);
});

test("volatile frames have half the outbox, take nothing from the rest, and are forgotten when they have left", () => {
  const sink = new Sink(200 + 2 * TURN_BYTES);
  sink.put(40);
  sink.blip(59);
  assert.ok(sink.outbox.volatileRoom);
  sink.blip(10);
  assert.not.ok(sink.outbox.volatileRoom);
  assert.is(sink.outbox.heldBytes, 40 + TURN_BYTES);
  assert.ok(sink.outbox.room);
  sink.flush();
  assert.ok(sink.outbox.volatileRoom);
  sink.put(60);
  assert.not.ok(sink.outbox.volatileRoom);
});

test("a record with nothing but volatile frames is none of the quiet ones", () => {
  const sink = new Sink();
  sink.blip(20);
  sink.flush();
  sink.control();
  sink.flush();
  assert.equal(
    sink.records.map(({ kind }) => kind),
    [RecordKind.NORMAL, RecordKind.QUIET],
  );
  assert.not.ok(sink.outbox.unacknowledged);
});

test("what is kept to be sent again holds no volatile frame", () => {
  const sink = new Sink();
  const kept: number[] = [];
  const { replay } = sink.outbox;
  const { keep } = replay;
  replay.keep = (bytes, ...rest) => {
    kept.push(bytes!.length);
    keep.call(replay, bytes, ...rest);
  };
  sink.outbox.keeps = true;
  sink.blip(100);
  sink.put(20);
  sink.control();
  sink.put(30);
  sink.blip(100);
  sink.flush();
  assert.equal(kept, [50]);
  const again: number[] = [];
  replay.replay(0, 0, (type, _bytes, start, end) => again.push(type, end - start));
  assert.equal(again, [SEND, 18, SEND, 28]);
});

test.run();
