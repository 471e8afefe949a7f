import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeDepth, Reader } from "../../../runtime/bytes/reader.ts";
import { readBool, readDouble, readFixed32, readInt32, readInt64, readSint64, readUint64 } from "../../../runtime/bytes/read-scalar.ts";
import type { Draft, Extensible } from "../../../runtime/schema/message-type.ts";
import { hex, throwsCommandError } from "./throws.ts";

const test = suite("bytes/reader");

const reader = (digits: string): Reader => new Reader(hex(digits));
const skipped = (from: Reader, tag: number): void => from.skip(tag);

test("a varint may be longer than it need be, up to ten bytes", () => {
  assert.is(reader("80 00").uint32(), 0);
  assert.is(reader("81 80 80 80 80 80 80 80 80 00").uint32(), 1);
  assert.is(reader("81 80 80 80 80 80 80 80 80 00").uintNumber(), 1);
  assert.is(readInt64(reader("81 80 80 80 80 80 80 80 80 00")), 1n);
});

test("a 32-bit value takes the low 32 bits of a longer one", () => {
  assert.is(reader("ff ff ff ff ff ff ff ff ff 01").uint32(), 0xffffffff);
  assert.is(readInt32(reader("ff ff ff ff ff ff ff ff ff 01")), -1);
  assert.is(readInt32(reader("80 80 80 80 08")), -(2 ** 31));
  assert.is(reader("81 80 80 80 10").uint32(), 1);
});

test("64 bits are read whole, and bits above them dropped", () => {
  assert.is(readInt64(reader("ff ff ff ff ff ff ff ff ff 01")), -1n);
  assert.is(readUint64(reader("ff ff ff ff ff ff ff ff ff 01")), 2n ** 64n - 1n);
  assert.is(readUint64(reader("80 80 80 80 80 80 80 80 80 7f")), 2n ** 63n);
  assert.is(readUint64(reader("80 80 80 80 10")), 2n ** 32n);
  assert.is(readSint64(reader("ff ff ff ff ff ff ff ff ff 01")), -(2n ** 63n));
  assert.is(readSint64(reader("fe ff ff ff ff ff ff ff ff 01")), 2n ** 63n - 1n);
});

test("any varint but 0 is true", () => {
  const values = ["00", "01", "02", "80 00", "80 01", "80 80 80 80 80 80 80 80 80 01"].map((digits) => readBool(reader(digits)));
  assert.equal(values, [false, true, true, false, true, true]);
});

test("a number of 2^53 is no uintNumber", () => {
  assert.is(reader("ff ff ff ff ff ff ff 0f").uintNumber(), Number.MAX_SAFE_INTEGER);
  throwsCommandError(() => reader("80 80 80 80 80 80 80 10").uintNumber(), "INVALID_ARGUMENT", /2\^53/);
  throwsCommandError(() => reader("ff ff ff ff ff ff ff ff ff 7f").uintNumber(), "INVALID_ARGUMENT", /2\^53/);
});

test("bytes that end too early are malformed, whatever was being read", () => {
  const reads: [string, (from: Reader) => unknown][] = [
    ["", (from) => from.uint32()],
    ["80", (from) => from.uint32()],
    ["80", (from) => from.uintNumber()],
    ["80", (from) => readInt64(from)],
    ["80", (from) => readBool(from)],
    ["", (from) => readBool(from)],
    ["01 02 03", (from) => readFixed32(from)],
    ["01 02 03 04 05 06 07", (from) => readDouble(from)],
    ["01", (from) => from.raw(2)],
    ["01", (from) => from.copy(2)],
    ["01", (from) => from.string(2)],
    ["02 01", (from) => from.enter()],
    ["ff ff ff ff 0f", (from) => from.enter()],
    ["02 01", (from) => from.openRun()],
    ["80", (from) => from.skip(8)],
    ["01 02 03", (from) => from.skip(13)],
    ["01 02 03", (from) => from.skip(9)],
    ["05 01", (from) => from.skip(10)],
    ["08 01", (from) => from.skip(11)],
  ];
  for (const [digits, read] of reads)
    throwsCommandError(() => read(reader(digits)), "INVALID_ARGUMENT", /^malformed message: (it ends|a length)/);
});

test("a varint of more than ten bytes is malformed", () => {
  const long = "80 80 80 80 80 80 80 80 80 80 01";
  for (const read of [
    (from: Reader) => from.uint32(),
    (from: Reader) => from.uintNumber(),
    readInt64,
    readBool,
    (from: Reader) => from.skip(8),
  ]) {
    throwsCommandError(() => read(reader(long)), "INVALID_ARGUMENT", /longer than 10 bytes/);
  }
});

test("nothing is read behind the end that was given, although bytes follow", () => {
  const part = (): Reader => new Reader(hex("ff 01 02 03 04"), 1, 2);
  assert.is(part().uint32(), 1);
  throwsCommandError(() => part().raw(2), "INVALID_ARGUMENT", /past the end/);
  const cut = new Reader(hex("80 01"), 0, 1);
  throwsCommandError(() => cut.uint32(), "INVALID_ARGUMENT", /ends within a varint/);
});

test("a part that is not within the bytes is the caller's mistake", () => {
  for (const [start, end] of [
    [-1, 1],
    [1, 0],
    [0, 3],
    [Number.NaN, 1],
  ] as const)
    assert.throws(() => new Reader(hex("01 02"), start, end), RangeError);
});

test("field number 0, stray group ends and unknown wire types are malformed", () => {
  for (let tag = 0; tag < 8; tag++) throwsCommandError(() => reader("00").skip(tag), "INVALID_ARGUMENT", /field number 0/);
  throwsCommandError(() => reader("00").skip(12), "INVALID_ARGUMENT", /group ends that did not begin/);
  throwsCommandError(() => reader("00").skip(14), "INVALID_ARGUMENT", /wire type 6/);
  throwsCommandError(() => reader("00").skip(15), "INVALID_ARGUMENT", /wire type 7/);
});

test("unknown groups are passed over with all that is in them, and must end with their own tag", () => {
  const group = reader("0b 08 01 0c 12 02 61 62 1d 01 02 03 04 0c 05");
  skipped(group, group.uint32());
  assert.is(group.position, 4);
  throwsCommandError(() => reader("14").skip(11), "INVALID_ARGUMENT", /group ends that did not begin/);
  throwsCommandError(() => reader("0b 0c").skip(11), "INVALID_ARGUMENT", /ends within a varint/);
});

test("nesting is bounded, for messages and for unknown groups", () => {
  const deep = (levels: number): Reader => new Reader(new Uint8Array(levels).fill(0x0b));
  throwsCommandError(() => deep(decodeDepth + 5).skip(11), "RESOURCE_EXHAUSTED", /decodeDepth/);
  throwsCommandError(() => deep(50).skip(11), "INVALID_ARGUMENT", /ends within a varint/);
  const messages = new Reader(new Uint8Array(1000));
  for (let i = 0; i < decodeDepth; i++) messages.enter();
  throwsCommandError(() => messages.enter(), "RESOURCE_EXHAUSTED", /decodeDepth/);
});

test("objects and entries are counted down, and the limit is named", () => {
  const counted = new Reader(new Uint8Array(100), 0, 100, 3);
  counted.element();
  counted.leave(counted.enter());
  counted.element();
  throwsCommandError(() => counted.element(), "RESOURCE_EXHAUSTED", /decodeElements/);
});

test("a submessage that ends anywhere but at its end is malformed", () => {
  const from = reader("02 08 80 01");
  const stop = from.enter();
  from.uint32();
  from.uint32();
  throwsCommandError(() => from.leave(stop), "INVALID_ARGUMENT", /past the end of its message/);
});

test("unknown fields gather in the message, and what was given out before stays as it is", () => {
  const from = reader("01 02 03 04");
  const message: Draft<Extensible> = {};
  from.unknown(0x320, message);
  const first = message.$unknown!;
  from.unknown(0x320, message);
  const second = message.$unknown!;
  const other: Draft<Extensible> = {};
  from.unknown(0x320, other);
  from.unknown(0x320, message);
  assert.equal(message, { $unknown: hex("a0 06 01 a0 06 02 a0 06 04") });
  assert.equal(other, { $unknown: hex("a0 06 03") });
  assert.equal([first, second], [hex("a0 06 01"), hex("a0 06 01 a0 06 02")]);
});

test("a field is passed over by its tag only where it comes next, before the end", () => {
  const message = reader("08 01 10");
  assert.not(message.next(16, 3));
  assert.not(message.next(8, 0));
  assert.ok(message.next(8, 3));
  assert.is(message.uint32(), 1);
  assert.not(message.next(16, 2));
  assert.ok(message.next(16, 3));
  assert.not(message.next(16, 3));
});

test("a tag of one byte that came as more is found when it is asked for again, and the bytes that were given stay as they are", () => {
  const bytes = hex("88 80 00 01  90 00 02  88 01 03");
  const message = new Reader(bytes);
  const draft: Draft<Extensible> = {};
  const end = bytes.length;
  assert.not(message.next(8, end));
  message.other(draft);
  assert.ok(message.next(8, end));
  assert.is(message.uint32(), 1);
  message.other(draft);
  assert.is(draft.$unknown, undefined);
  message.other(draft);
  message.other(draft);
  assert.is(message.position, end);
  assert.equal(draft.$unknown, hex("10 02  88 01 03"));
  assert.equal(bytes, hex("88 80 00 01  90 00 02  88 01 03"));
});

test("a message's only unknown field takes no more memory than its bytes", () => {
  const message: Draft<Extensible> = {};
  reader("02 01 02").unknown(0x322, message);
  assert.equal(message.$unknown, hex("a2 06 02 01 02"));
  assert.is(message.$unknown!.buffer.byteLength, 5);
});

test("a number that a closed enum does not know is kept as an int32", () => {
  const message: Draft<Extensible> = {};
  reader("").unknownEnum(8, -1, message);
  assert.equal(message.$unknown, hex("08 ff ff ff ff ff ff ff ff ff 01"));
});

test("texts of messages that follow each other are what each says, whether in one piece of memory or not", () => {
  const texts = [...Array(40).keys()].map((at) => [`text number ${at} of forty`, "", `ünïcode ${at}`, "x".repeat((at * 37) % 600)]);
  const bytes = Buffer.concat(texts.flat().map((text) => Buffer.concat([Buffer.of(0xff), Buffer.from(text)])));
  const from = new Reader(bytes, 0, 0);
  let at = 0;
  for (const text of texts.flat()) {
    const length = Buffer.byteLength(text);
    from.move(at + 1, at + 1 + length, 0);
    assert.is(from.string(length), text);
    assert.is(from.position, from.end);
    at += 1 + length;
  }
  assert.is(at, bytes.length);
  from.move(at, at, 0);
  throwsCommandError(() => from.string(1), "INVALID_ARGUMENT", /past the end/);
});

test("text of a message alone is never looked for behind its end", () => {
  const bytes = Buffer.from("this is one message, and this is another");
  const from = new Reader(bytes, 0, 19);
  assert.is(from.string(7), "this is");
  bytes.fill("!");
  assert.is(from.string(12), " one message");
  from.move(20, 40, 0);
  assert.is(from.string(20), "!".repeat(20));
});

test("a message whose tags were written anew leaves those behind it as they are, and is copied once for all of them", () => {
  const bytes = hex("88 00 01  88 00 02  08 03");
  const from = new Reader(bytes, 0, 3);
  const draft: Draft<Extensible> = {};
  from.other(draft);
  const copy = from.bytes;
  assert.is.not(copy, bytes);
  assert.ok(from.next(8, 3));
  from.move(3, 6, 0);
  from.other(draft);
  assert.is(from.bytes, copy);
  assert.ok(from.next(8, 6));
  assert.is(from.uint32(), 2);
  from.move(6, 8, 0);
  assert.ok(from.next(8, 8));
  assert.is(from.uint32(), 3);
});

test("a copy is the caller's, a view is not", () => {
  const bytes = hex("01 02 03 04");
  const from = new Reader(bytes);
  const copy = from.copy(2);
  const view = from.raw(2);
  bytes.fill(9);
  assert.equal(copy, hex("01 02"));
  assert.equal(view, hex("09 09"));
  assert.is(Object.getPrototypeOf(new Reader(Buffer.from([1, 2])).copy(2)), Uint8Array.prototype);
});

test.run();
