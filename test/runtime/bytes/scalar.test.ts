import fc from "fast-check";
import protobuf from "protobufjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as unpack from "../../../runtime/bytes/read-packed.ts";
import * as read from "../../../runtime/bytes/read-scalar.ts";
import { Reader } from "../../../runtime/bytes/reader.ts";
import * as packed from "../../../runtime/bytes/write-packed.ts";
import * as write from "../../../runtime/bytes/write-scalar.ts";
import { Writer } from "../../../runtime/bytes/writer.ts";
import { emptyList } from "../../../runtime/schema/empty.ts";
import { throwsCommandError } from "./throws.ts";

const test = suite("bytes/scalar");

interface Case {
  readonly name: string;
  readonly packed: (writer: Writer, tag: number, list: readonly never[], field: string) => void;
  readonly write: (writer: Writer, tag: number, value: never, field: string) => void;
  readonly read: (reader: Reader) => unknown;
  readonly unpack: (reader: Reader, list: readonly unknown[]) => readonly unknown[];
  readonly values: fc.Arbitrary<number | bigint | boolean>;
  /** The last values that fit, and values that do not. */
  readonly good: readonly (number | bigint | boolean)[];
  readonly bad: readonly unknown[];
}

const [min32, max32, maxU32] = [-(2 ** 31), 2 ** 31 - 1, 2 ** 32 - 1];
const [min64, max64, maxU64] = [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 64n - 1n];
const noNumber = ["1", "", 1n, true, null, undefined, {}, [1], Symbol("one")];
const noInteger = [...noNumber, 0.5, Number.NaN, Infinity, -Infinity];
const noBigint = ["1", 1, 0.5, true, null, undefined, {}, [1n]];

/** By name. */
const functions = { packed: { ...packed }, write: { ...write }, read: { ...read }, unpack: { ...unpack } };

const signed32 = (suffix: "Int32" | "Sint32" | "Sfixed32"): Case => ({
  name: suffix.toLowerCase(),
  packed: functions.packed[`writePacked${suffix}`] as Case["packed"],
  write: functions.write[`write${suffix}`] as Case["write"],
  read: functions.read[`read${suffix}`],
  unpack: functions.unpack[`readPacked${suffix}`] as Case["unpack"],
  values: fc.oneof(fc.integer(), fc.integer({ min: -200, max: 200 })),
  good: [min32, -1, 0, 1, max32],
  bad: [...noInteger, min32 - 1, max32 + 1, 2 ** 53],
});

const unsigned32 = (suffix: "Uint32" | "Fixed32"): Case => ({
  name: suffix.toLowerCase(),
  packed: functions.packed[`writePacked${suffix}`] as Case["packed"],
  write: functions.write[`write${suffix}`] as Case["write"],
  read: functions.read[`read${suffix}`],
  unpack: functions.unpack[`readPacked${suffix}`] as Case["unpack"],
  values: fc.oneof(fc.nat(maxU32), fc.nat(300)),
  good: [0, 1, 127, 128, maxU32],
  bad: [...noInteger, -1, maxU32 + 1],
});

const signed64 = (suffix: "Int64" | "Sint64" | "Sfixed64"): Case => ({
  name: suffix.toLowerCase(),
  packed: functions.packed[`writePacked${suffix}`] as Case["packed"],
  write: functions.write[`write${suffix}`] as Case["write"],
  read: functions.read[`read${suffix}`],
  unpack: functions.unpack[`readPacked${suffix}`] as Case["unpack"],
  values: fc.oneof(fc.bigInt(min64, max64), fc.bigInt(-300n, 300n)),
  good: [min64, -1n, 0n, 1n, 2n ** 31n, 2n ** 32n, max64],
  bad: [...noBigint, min64 - 1n, max64 + 1n, 2n ** 64n, 2n ** 70n],
});

const unsigned64 = (suffix: "Uint64" | "Fixed64"): Case => ({
  name: suffix.toLowerCase(),
  packed: functions.packed[`writePacked${suffix}`] as Case["packed"],
  write: functions.write[`write${suffix}`] as Case["write"],
  read: functions.read[`read${suffix}`],
  unpack: functions.unpack[`readPacked${suffix}`] as Case["unpack"],
  values: fc.oneof(fc.bigInt(0n, maxU64), fc.bigInt(0n, 300n)),
  good: [0n, 1n, 2n ** 32n - 1n, 2n ** 32n, maxU64],
  bad: [...noBigint, -1n, maxU64 + 1n, 2n ** 80n],
});

const cases: readonly Case[] = [
  signed32("Int32"),
  signed32("Sint32"),
  signed32("Sfixed32"),
  unsigned32("Uint32"),
  unsigned32("Fixed32"),
  signed64("Int64"),
  signed64("Sint64"),
  signed64("Sfixed64"),
  unsigned64("Uint64"),
  unsigned64("Fixed64"),
  {
    name: "bool",
    packed: packed.writePackedBool as Case["packed"],
    write: write.writeBool as Case["write"],
    read: read.readBool,
    unpack: unpack.readPackedBool as Case["unpack"],
    values: fc.boolean(),
    good: [true, false],
    bad: [0, 1, "true", null, undefined, {}],
  },
  {
    name: "double",
    packed: packed.writePackedDouble as Case["packed"],
    write: write.writeDouble as Case["write"],
    read: read.readDouble,
    unpack: unpack.readPackedDouble as Case["unpack"],
    values: fc.double(),
    good: [0, -0, 1.5, Number.MAX_VALUE, Number.MIN_VALUE, Infinity, -Infinity, Number.NaN],
    bad: noNumber,
  },
  {
    name: "float",
    packed: packed.writePackedFloat as Case["packed"],
    write: write.writeFloat as Case["write"],
    read: read.readFloat,
    unpack: unpack.readPackedFloat as Case["unpack"],
    values: fc.float(),
    good: [0, -0, 1.5, 3.4028234663852886e38, -3.4028234663852886e38, Infinity, -Infinity, Number.NaN],
    bad: [...noNumber, 3.5e38, -3.5e38, Number.MAX_VALUE],
  },
];

/** protobufjs as the other side; it takes 64-bit values as text. */
function otherBytes(name: string, value: number | bigint | boolean): Uint8Array {
  const writer = protobuf.Writer.create() as unknown as Record<string, (value: unknown) => { finish(): Uint8Array }>;
  return writer[name]!(typeof value === "bigint" ? String(value) : value).finish();
}

/** Element by element: negative zero is not zero, and NaN is NaN. */
function same(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, index) => Object.is(value, b[index]));
}

test("a run that goes on in a varint of more than ten bytes is refused", () => {
  for (const name of ["Int32", "Uint32", "Sint32", "Int64", "Bool"] as const) {
    const bytes = Uint8Array.of(11, ...Array.from({ length: 10 }, () => 0x81), 0);
    throwsCommandError(
      () => functions.unpack[`readPacked${name}`](new Reader(bytes), emptyList),
      "INVALID_ARGUMENT",
      /longer than 10 bytes/,
    );
    bytes[0] = 10;
    bytes[10] = 1;
    assert.is(functions.unpack[`readPacked${name}`](new Reader(bytes, 0, 11), emptyList).length, 1);
  }
});

for (const one of cases) {
  test(`every ${one.name} comes back, in the bytes that protobufjs writes`, () => {
    const check = (value: number | bigint | boolean): void => {
      const writer = new Writer(1);
      one.write(writer, 8, value as never, "f");
      const bytes = writer.finish();
      assert.equal([...bytes], [8, ...otherBytes(one.name, value)], String(value));
      const reader = new Reader(bytes, 1);
      assert.ok(Object.is(one.read(reader), value), String(value));
      assert.is(reader.position, bytes.length);
    };
    one.good.forEach(check);
    fc.assert(fc.property(one.values, check));
  });

  test(`a packed list of ${one.name} is the tag, the length, and what protobufjs writes for each value`, () => {
    const check = (list: readonly (number | bigint | boolean)[]): void => {
      const writer = new Writer(1);
      one.packed(writer, 1034, list as never, "f");
      const reader = new Reader(writer.finish());
      assert.is(reader.uint32(), 1034);
      const values = list.flatMap((value) => [...otherBytes(one.name, value)]);
      const run = reader.position;
      assert.equal([...reader.raw(reader.uint32())], values);
      assert.is(reader.position, reader.end);
      assert.is(writer.elements, list.length);
      reader.position = run;
      assert.ok(same(one.unpack(reader, emptyList), list));
      reader.position = run;
      assert.ok(same(one.unpack(reader, [one.good[0]]), [one.good[0], ...list]), "behind what is there");
    };
    check(one.good);
    check([...one.good].reverse());
    fc.assert(fc.property(fc.array(one.values, { minLength: 1, maxLength: 200, size: "max" }), check), { numRuns: 30 });
    const nothing = new Writer();
    one.packed(nothing, 1034, [], "f");
    assert.is(nothing.position, 0);
  });

  test(`a run of ${one.name} is refused when it ends within a value, and when it holds more values than are allowed`, () => {
    const writer = new Writer();
    one.packed(writer, 8, one.good as never, "f");
    const bytes = writer.finish();
    const run = (end: number, elements?: number): Reader => new Reader(bytes, 1, end, elements);
    assert.is(one.unpack(run(bytes.length, one.good.length), emptyList).length, one.good.length);
    throwsCommandError(() => one.unpack(run(bytes.length, one.good.length - 1), emptyList), "RESOURCE_EXHAUSTED", /decodeElements/);
    throwsCommandError(() => one.unpack(run(bytes.length - 1), emptyList), "INVALID_ARGUMENT", /reaches past the end/);
    if (one.name === "bool") return;
    bytes[1]! -= 1;
    throwsCommandError(
      () => one.unpack(run(bytes.length - 1), emptyList),
      "INVALID_ARGUMENT",
      /past the end of its message|within a varint/,
    );
  });

  test(`a long run of ${one.name} comes back whole, wherever it lies, and is counted to the last`, () => {
    for (let count = 1; count < 100; count++) {
      const values = Array.from({ length: count }, (_, index) => one.good[(index * index + count) % one.good.length]!);
      const writer = new Writer();
      writer.raw(new Uint8Array(count % 9));
      one.packed(writer, 8, values as never, "f");
      const run = (elements: number): Reader => new Reader(writer.buffer.subarray(1), count % 9, writer.position - 1, elements);
      assert.ok(same(one.unpack(run(count), emptyList), values));
      assert.ok(same(one.unpack(run(count), [...values]), [...values, ...values]));
      throwsCommandError(() => one.unpack(run(count - 1), emptyList), "RESOURCE_EXHAUSTED", /decodeElements/);
    }
  });

  test(`what is no ${one.name} is refused with the field's name`, () => {
    for (const value of one.bad) {
      throwsCommandError(
        () => one.packed(new Writer(), 10, [one.good[0] as never, value as never], "size"),
        "INVALID_ARGUMENT",
        /^size: .* is not /,
      );
      throwsCommandError(() => one.write(new Writer(), 8, value as never, "size"), "INVALID_ARGUMENT", /^size: .* is not /);
    }
  });
}

test("a tag of any length goes before its value", () => {
  for (const tag of [8, 120, 128, 2 ** 29, 2 ** 32 - 8]) {
    const writer = new Writer(1);
    write.writeUint32(writer, tag, 5, "f");
    const reader = new Reader(writer.finish());
    assert.is(reader.uint32(), tag);
    assert.is(reader.uint32(), 5);
  }
});

test("bytes must be a Uint8Array", () => {
  for (const value of ["abc", [1], new ArrayBuffer(2), null, undefined, 5, new Uint16Array(1)]) {
    throwsCommandError(
      () => write.writeBytes(new Writer(), 10, value as never, "blob"),
      "INVALID_ARGUMENT",
      /^blob: .* is not a Uint8Array/,
    );
  }
});

test.run();
