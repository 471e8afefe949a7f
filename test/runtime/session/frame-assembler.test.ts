import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FrameType } from "../../../runtime/session/frame.ts";
import { FrameAssembler } from "../../../runtime/session/frame-assembler.ts";
import { defaultLimits } from "../../../runtime/session/limits.ts";
import { Priority } from "../../../runtime/session/priority.ts";
import { PartialFrame } from "../../../runtime/session/partial-frame.ts";
import { ProtocolError } from "../../../runtime/session/protocol-error.ts";
import { frame, join, type ParsedFrame, parseFrames, rawFrame } from "../../support/session/frames.ts";

const { ITEM, CANCEL, PING, END, PADDING, SEND } = FrameType;
const limit = 1000;

/** An assembler that notes what it hands on. */
class Gatherer {
  readonly frames: ParsedFrame[] = [];
  readonly assembler: FrameAssembler = new FrameAssembler(
    {
      opening: { maxBody: (type) => (type === ITEM ? 8_000_000 : limit) },
      limits: defaultLimits,
      handler: { partial: () => new PartialFrame() },
    },
    Priority.NORMAL,
  );
  /** The sink stops after this many frames. */
  stopAfter = Number.POSITIVE_INFINITY;

  push(bytes: Uint8Array): void {
    this.assembler.push(bytes, (header, { bytes: memory, position, end }) => {
      this.frames.push({ header, type: header >> 2, body: memory.slice(position, end) });
      return this.frames.length < this.stopAfter;
    });
    // The record's memory is the channel's: whoever kept a view of it would see this.
    bytes.fill(0xdb);
  }
}

const mixed = join(
  frame(PING, 7),
  rawFrame(FrameType.CREDIT << 2),
  frame(SEND, new Uint8Array(127).fill(1)),
  frame(SEND, new Uint8Array(128).fill(2)),
  frame(CANCEL, 300),
  rawFrame((63 << 2) | 2, Uint8Array.of(1, 2, 3)),
  frame(SEND, new Uint8Array(limit).fill(3)),
  rawFrame(PADDING | 2),
);

/** The sizes of the arrays that `run` makes by their length. */
function reservedBy(run: () => void): number[] {
  const sizes: number[] = [];
  const original = globalThis.Uint8Array;
  const counting = class extends original {
    constructor(length: number) {
      super(length);
      sizes.push(length);
    }
  };
  globalThis.Uint8Array = counting as unknown as Uint8ArrayConstructor;
  try {
    run();
  } finally {
    globalThis.Uint8Array = original;
  }
  return sizes.filter((size) => typeof size === "number");
}

const test = suite("session/frame-assembler");

test("many frames in one record come one by one", () => {
  const gatherer = new Gatherer();
  gatherer.push(mixed.slice());
  assert.equal(gatherer.frames, parseFrames(mixed));
  assert.is(gatherer.assembler.pendingBytes, 0);
});

test("the same frames come whatever the byte that splits two records", () => {
  for (let at = 0; at <= mixed.length; at++) {
    const gatherer = new Gatherer();
    gatherer.push(mixed.slice(0, at));
    gatherer.push(mixed.slice(at));
    assert.equal(gatherer.frames, parseFrames(mixed), `split at ${at}`);
    assert.is(gatherer.assembler.pendingBytes, 0);
  }
});

test("small frames come one byte at a time, and with empty records between", () => {
  const gatherer = new Gatherer();
  const small = join(frame(PING, 7), frame(CANCEL, 300), rawFrame(FrameType.CREDIT << 2), rawFrame(PADDING | 2));
  for (const byte of small) {
    gatherer.push(Uint8Array.of(byte));
    gatherer.push(new Uint8Array());
  }
  assert.equal(gatherer.frames, parseFrames(small));
});

test("a frame lies in as many records as its size allows, and in no more", () => {
  for (const size of [20, 255, 256, 1_000]) {
    const whole = frame(SEND, new Uint8Array(size - (size < 130 ? 2 : 3)));
    assert.is(whole.length, size);
    const most = 8 + Math.floor(size / 256);
    const inPieces = (pieces: number): Gatherer => {
      const gatherer = new Gatherer();
      for (let at = 0; at < pieces - 1; at++) gatherer.push(whole.slice(at, at + 1));
      gatherer.push(whole.slice(pieces - 1));
      return gatherer;
    };
    assert.equal(inPieces(most).frames, parseFrames(whole));
    assert.throws(() => inPieces(most + 1), new RegExp(`a frame of ${size} bytes comes in more than ${most} records`));
  }
});

test("a flood of empty records within a frame, or within its length, is refused", () => {
  for (const begun of [1, 2, 10]) {
    const gatherer = new Gatherer();
    gatherer.push(frame(SEND, new Uint8Array(200)).slice(0, begun));
    assert.throws(() => {
      for (let count = 0; count < 9; count++) gatherer.push(new Uint8Array());
    }, /in more than/);
  }
});

test("the same frames come whatever the sizes of the records", () => {
  const sizes = fc.array(fc.integer({ min: 150, max: 1_500 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(sizes, (cuts) => {
      const gatherer = new Gatherer();
      let at = 0;
      for (let turn = 0; at < mixed.length; turn++) {
        const size = cuts[turn % cuts.length]!;
        gatherer.push(mixed.slice(at, at + size));
        at += size;
      }
      assert.equal(gatherer.frames, parseFrames(mixed));
    }),
    { numRuns: 300 },
  );
});

test("a body at its limit passes; one byte more is refused as soon as it is announced", () => {
  const gatherer = new Gatherer();
  gatherer.push(frame(SEND, new Uint8Array(limit)));
  assert.is(gatherer.frames.length, 1);
  const announced = frame(SEND, new Uint8Array(limit + 1)).slice(0, 3);
  assert.throws(() => gatherer.push(announced), /type 9 announces 1001 bytes; the limit is 1000/);
});

test("what is announced is not believed: memory follows the bytes that came, by no more than their number", () => {
  const { assembler } = new Gatherer();
  const item = frame(ITEM, new Uint8Array(1_000_000));
  for (let at = 0; at < 300_000; at += 1000) {
    const piece = item.slice(at, at + 1000);
    const reserved = reservedBy(() => assembler.push(piece, () => true));
    const arrived = at + 1000;
    for (const bytes of reserved) assert.ok(bytes <= 2 * arrived, `${bytes} bytes were reserved for ${arrived}`);
    assert.is(assembler.pendingBytes, arrived);
  }
  assembler.drop();
  assert.is(assembler.pendingBytes, 0);
});

test("a large frame is copied a few times only, however many records it comes in", () => {
  const { assembler } = new Gatherer();
  const item = frame(ITEM, new Uint8Array(8_000_000));
  let total = 0;
  for (let at = 0; at < item.length; at += 1000) {
    const piece = item.slice(at, at + 1000);
    total += reservedBy(() => assembler.push(piece, () => true)).reduce((sum, bytes) => sum + bytes, 0);
  }
  assert.is(assembler.pendingBytes, 0);
  assert.ok(total < 3 * item.length, `${total} bytes were reserved in all`);
});

test("an unknown type is refused unless it is ignorable", () => {
  for (const flags of [0, 1]) {
    assert.throws(() => new Gatherer().push(rawFrame((40 << 2) | flags)), /unknown frame type 40/);
    assert.throws(
      () => new Gatherer().push(rawFrame((63 << 2) | flags)),
      (error: unknown) => error instanceof ProtocolError,
    );
  }
  const gatherer = new Gatherer();
  gatherer.push(join(rawFrame((15 << 2) | 2, Uint8Array.of(9)), rawFrame((15 << 2) | 3), frame(END, 1)));
  assert.equal(
    gatherer.frames.map(({ header }) => header),
    [(15 << 2) | 2, (15 << 2) | 3, (END << 2) | 1],
  );
});

test("an unknown ignorable frame has a limit too", () => {
  assert.throws(() => new Gatherer().push(rawFrame((15 << 2) | 2, new Uint8Array(limit + 1))), /limit is 1000/);
});

test("a length takes at most five bytes, and five of them are judged by their value", () => {
  const long = (last: number): Uint8Array => Uint8Array.of(ITEM << 2, 0x80, 0x80, 0x80, 0x80, last);
  const gatherer = new Gatherer();
  gatherer.push(long(0));
  assert.is(gatherer.frames[0]!.body.length, 0);
  assert.throws(() => gatherer.push(long(0x7f)), /announces 34091302912 bytes/);
  assert.throws(() => new Gatherer().push(long(0x80)), /more than five bytes/);
  const split = new Gatherer();
  for (const byte of long(0x80).slice(0, 5)) split.push(Uint8Array.of(byte));
  assert.throws(() => split.push(Uint8Array.of(0x80)), /more than five bytes/);
});

test("a sink that stops gets nothing more, of this record or of a carried frame", () => {
  for (let at = 0; at <= mixed.length; at++) {
    const gatherer = new Gatherer();
    gatherer.stopAfter = 1;
    gatherer.push(mixed.slice(0, at));
    if (gatherer.frames.length === 0) gatherer.push(mixed.slice(at));
    assert.is(gatherer.frames.length, 1, `split at ${at}`);
  }
});

test.run();
