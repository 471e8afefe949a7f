import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Reader } from "../../../runtime/bytes/reader.ts";
import { varintLength } from "../../../runtime/bytes/varint.ts";
import { Writer } from "../../../runtime/bytes/writer.ts";
import { hex, throwsCommandError } from "./throws.ts";

const test = suite("bytes/writer");

test("varints are the shortest there are", () => {
  const writer = new Writer(0);
  for (const value of [0, 1, 127, 128, 300, 16_383, 16_384, 2 ** 32 - 1]) writer.uint32(value);
  assert.equal(writer.finish(), hex("00 01 7f 80 01 ac 02 ff 7f 80 80 01 ff ff ff ff 0f"));
});

test("any unsigned integer below 2^53 comes back, in as many bytes as it needs", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.maxSafeNat(),
        fc.nat(53).map((bits) => 2 ** bits - 1),
        fc.nat(52).map((bits) => 2 ** bits),
      ),
      (value) => {
        const writer = new Writer(1);
        writer.uintNumber(value);
        const bytes = writer.finish();
        assert.is(bytes.length, value === 0 ? 1 : Math.ceil(value.toString(2).length / 7));
        assert.is(new Reader(bytes).uintNumber(), value);
      },
    ),
  );
});

test("numbers that are no unsigned integers are refused, never wrapped", () => {
  for (const value of [-1, 0.5, 2 ** 32, Number.NaN, Infinity, "1", 1n, undefined, null]) {
    throwsCommandError(() => new Writer().uint32(value as number), "INVALID_ARGUMENT", /is not a uint32/);
  }
  for (const value of [-1, 0.5, 2 ** 53, Number.NaN, Infinity, "1", 1n, undefined, null]) {
    throwsCommandError(() => new Writer().uintNumber(value as number), "INVALID_ARGUMENT", /below 2\^53/);
  }
});

test("a part gets its length before it as the shortest varint, whatever its size and whatever was left for that", () => {
  for (const lengthBytes of [1, 2, 3]) {
    for (const size of [0, 1, 127, 128, 129, 16_383, 16_384, 2_097_151, 2_097_152]) {
      const writer = new Writer(8);
      const body = new Uint8Array(size).map((_, i) => i);
      writer.uint32(7);
      const mark = writer.open(lengthBytes);
      writer.raw(body);
      writer.close(mark, lengthBytes);
      writer.uint32(9);
      const reader = new Reader(writer.finish());
      assert.is(reader.uint32(), 7);
      assert.is(reader.uint32(), size);
      assert.is(reader.position, 1 + varintLength(size));
      assert.equal(reader.copy(size), body);
      assert.is(reader.uint32(), 9);
      assert.is(reader.position, reader.end);
    }
  }
});

test("parts nest", () => {
  const writer = new Writer(1);
  const marks = [writer.open(), writer.open(), writer.open()];
  writer.raw(new Uint8Array(126).fill(5));
  for (const mark of marks.reverse()) writer.close(mark);
  assert.equal([...writer.finish().subarray(0, 5)], [0x80, 0x01, 0x7f, 0x7e, 5]);
});

test("text has its length in bytes, at every size around a boundary", () => {
  for (const unit of ["a", "é", "€", "😀"]) {
    for (const count of [0, 1, 16, 31, 32, 33, 42, 43, 63, 64, 127, 128, 5461, 5462, 16_383, 16_384]) {
      const text = unit.repeat(count);
      const writer = new Writer(1);
      writer.string(text);
      writer.uint32(1);
      const reader = new Reader(writer.finish());
      assert.is(reader.string(reader.uint32()), text);
      assert.is(reader.uint32(), 1);
    }
  }
});

test("text that cannot be sent is an error that names the field and does not quote at length", () => {
  throwsCommandError(() => new Writer().string("a\ud800", "name"), "INVALID_ARGUMENT", /^name: "a\\ud800" is not well-formed/);
  throwsCommandError(() => new Writer().string(`${"x".repeat(99)}\udc00`, "name"), "INVALID_ARGUMENT", /^name: "x{32}…" is not/);
  throwsCommandError(() => new Writer().string(5 as never, "name"), "INVALID_ARGUMENT", /^name: 5 is not a string/);
});

test("what `finish` returns is the caller's; what `view` returns is not", () => {
  const writer = new Writer(4);
  writer.raw(hex("01 02"));
  const finished = writer.finish();
  const view = writer.view();
  writer.reset();
  writer.raw(hex("09 09"));
  assert.equal(finished, hex("01 02"));
  assert.equal(view, hex("09 09"));
});

test("a buffer grows by doubling and keeps what was written", () => {
  const writer = new Writer(1);
  for (let i = 0; i < 1000; i++) writer.uint32(i & 0x7f);
  assert.equal(
    [...writer.view()],
    Array.from({ length: 1000 }, (_, i) => i & 0x7f),
  );
  throwsCommandError(() => writer.ensure(2 ** 31), "RESOURCE_EXHAUSTED", /limit 1 GiB/);
});

test("a buffer that grows in lent memory keeps what was written, and gives back what it has outgrown", () => {
  const given: Uint8Array[] = [];
  const memory = {
    take: (bytes: number) => new Uint8Array(bytes + 3).fill(0xff),
    give: (outgrown: Uint8Array) => void given.push(outgrown),
  };
  const writer = new Writer(2, memory);
  const first = writer.buffer;
  writer.raw(hex("01 02 03"));
  const second = writer.buffer;
  writer.raw(hex("04 05 06 07"));
  assert.equal(writer.view(), hex("01 02 03 04 05 06 07"));
  assert.equal(given.length, 2);
  assert.is(given[0], first);
  assert.is(given[1], second);
});

test.run();
