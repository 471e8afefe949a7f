import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Blob, Crowd, Text } from "../../../generated/example/probe/v1/probe.ts";
import { Reader } from "../../../runtime/bytes/reader.ts";
import { Writer } from "../../../runtime/bytes/writer.ts";
import { brotli, deflate } from "../../../runtime/bytes/zlib.ts";
import { CompressedType } from "../../../runtime/command/compressed-type.ts";
import { decodeRest, encode } from "../../../runtime/schema/codec.ts";
import type { MessageType } from "../../../runtime/schema/message-type.ts";
import { assertError } from "../../support/command/assert-error.ts";
import { someBytes } from "../../support/command/blobs.ts";
import { repeating } from "../../support/command/compressed.ts";
import { bodyOf } from "../../support/session/frames.ts";

const test = suite("command/compressed-type");

const bound = { name: "max_bytes", bytes: 262_144 };
const text = new CompressedType(Text as MessageType, deflate, bound);

/** What travels of a message, behind three bytes of something else, and how many bytes fewer that is. */
function packed(type: CompressedType, message: unknown): { readonly bytes: Uint8Array; readonly spared: number } {
  const writer = new Writer(16);
  writer.raw(Uint8Array.of(1, 2, 3));
  type.write(writer, message);
  const spared = type.pack(writer, 3);
  assert.equal([...writer.view().subarray(0, 3)], [1, 2, 3]);
  return { bytes: writer.finish().subarray(3), spared };
}

function unpacked(type: CompressedType, bytes: Uint8Array, elements = 100_000): unknown {
  return decodeRest(type, new Reader(bytes), elements);
}

function failureOf(bytes: Uint8Array, elements?: number): unknown {
  try {
    unpacked(text, bytes, elements);
  } catch (error) {
    return error;
  }
  throw new Error("it was read");
}

for (const compressor of [deflate, brotli]) {
  test(`messages come back, whatever they are, and credit counts them as they were (${compressor === deflate ? "DEFLATE" : "BROTLI"})`, () => {
    const type = new CompressedType(Crowd as MessageType, compressor, bound);
    const some = fc.record(
      { text: fc.oneof(fc.string(), fc.nat({ max: 3_000 }).map(repeating)), number: fc.nat() },
      { noNullPrototype: true },
    );
    let compressed = 0;
    fc.assert(
      fc.property(fc.array(some, { maxLength: 50 }), (members) => {
        const { bytes, spared } = packed(type, { members });
        const size = encode(Crowd, { members }).length;
        assert.is(bytes.length + spared, size + 1);
        assert.is(type.spared(new Reader(bytes)), spared);
        assert.equal(unpacked(type, bytes), { members });
        if (bytes[0] !== 0) compressed++;
        else assert.is(spared, 0);
      }),
      { numRuns: 300 },
    );
    assert.ok(compressed > 50, `${compressed} of 300 were compressed`);
  });
}

test("what is small, what is large and what does not become smaller travels as it is, behind a 0", () => {
  const noise = { copied: someBytes(5_000) };
  const blob = new CompressedType(Blob as MessageType, deflate, bound);
  assert.equal(Buffer.compare(packed(blob, noise).bytes, bodyOf(0, encode(Blob, noise))), 0);
  for (const message of [{}, { text: repeating(1_020) }, { text: repeating(262_141) }]) {
    const { bytes } = packed(text, message);
    assert.equal(Buffer.compare(bytes, bodyOf(0, encode(Text, message))), 0);
  }
  // 1,024 and 262,144 bytes, with what stands before a text.
  for (const length of [1_021, 262_140]) {
    const { bytes } = packed(text, { text: repeating(length) });
    assert.ok(bytes.length < 1_024, `${bytes.length} bytes`);
    assert.equal(unpacked(text, bytes), { text: repeating(length), number: 0 });
  }
});

test("a size beyond the bound is refused before anything is decompressed", () => {
  let asked = 0;
  const never = { compress: deflate.compress, decompress: () => assert.unreachable(String(++asked)) };
  const type = new CompressedType(Text as MessageType, never as never, { name: "max_bytes", bytes: 20_000 });
  for (const size of [20_001, 262_144, 0xffff_ffff]) {
    try {
      unpacked(type, bodyOf(size, Uint8Array.of(1)));
      assert.unreachable();
    } catch (error) {
      assertError(
        error,
        "RESOURCE_EXHAUSTED",
        "NOT_RUN",
        new RegExp(`^example.probe.v1.Text: .*decompress to ${size} bytes \\(limit max_bytes: 20000\\)$`),
      );
    }
  }
  assert.is(asked, 0);
});

test("a bomb stops at the size that it claims", () => {
  const bomb = bodyOf(5_000, deflate.compress(new Uint8Array(50_000_000)));
  assertError(failureOf(bomb), "RESOURCE_EXHAUSTED", "NOT_RUN", /decompresses to more than it says/);
});

test("what is malformed is refused, within and without", () => {
  const message = encode(Text, { text: repeating(2_000) });
  const good = deflate.compress(message);
  for (const bytes of [
    bodyOf(),
    Uint8Array.of(0xff),
    bodyOf(2_000),
    bodyOf(2_003, good.subarray(0, 20)),
    bodyOf(2_003, good, 0),
    bodyOf(2_004, good),
    bodyOf(0, message.subarray(0, 100)),
    bodyOf(100, deflate.compress(message.subarray(0, 100))),
  ])
    assertError(failureOf(bytes), "INVALID_ARGUMENT", "NOT_RUN", /malformed/);
});

test("elements count within", () => {
  const type = new CompressedType(Crowd as MessageType, deflate, bound);
  const { bytes } = packed(type, { members: Array.from({ length: 500 }, () => ({ text: "member" })) });
  assert.ok(bytes[0] !== 0);
  try {
    unpacked(type, bytes, 499);
    assert.unreachable();
  } catch (error) {
    assertError(error, "RESOURCE_EXHAUSTED", "NOT_RUN", /decodeElements/);
  }
  assert.is((unpacked(type, bytes, 500) as { members: unknown[] }).members.length, 500);
});

test("a size that is no compressed message's counts nothing", () => {
  assert.is(text.spared(new Reader(bodyOf(262_145, Uint8Array.of(1)))), 0);
  assert.is(text.spared(new Reader(bodyOf(3, new Uint8Array(100)))), 0);
  assert.is(text.spared(new Reader(bodyOf())), 0);
  const gone = new Reader(bodyOf(5_000, Uint8Array.of(1)));
  assert.is(text.spared(gone), 5_001 - 3);
  gone.missing = new Error("let go");
  assert.is(text.spared(gone), 0);
});

test.run();
