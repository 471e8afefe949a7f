import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { JsonPath } from "../../../../runtime/schema/json/json-path.ts";
import * as read from "../../../../runtime/schema/json/read-scalar.ts";
import type { JsonValue } from "../../../../runtime/schema/json/value.ts";
import * as write from "../../../../runtime/schema/json/write-scalar.ts";
import { throwsCommandError } from "../../bytes/throws.ts";

const test = suite("schema/json/scalar");
const path = new JsonPath();
path.enter("");

type Read<T> = (json: JsonValue, key: string, path: JsonPath) => T;

function takes<T>(reader: Read<T>, cases: readonly (readonly [JsonValue, T])[]): void {
  for (const [json, value] of cases) {
    const found = reader(json, "f", path);
    assert.ok(Object.is(found, value), `${JSON.stringify(json)} gave ${found}`);
  }
}

function refuses(reader: Read<unknown>, ...values: readonly JsonValue[]): void {
  for (const json of values) throwsCommandError(() => reader(json, "f", path), "INVALID_ARGUMENT", /^f: .* is not /);
}

test("an int32 is a number or its text, in any form that is an integer", () => {
  takes(read.readInt32Json, [
    [7, 7],
    [-0, 0],
    ["-2147483648", -2147483648],
    ["1e2", 100],
    ["1.50e1", 15],
    ["100.0", 100],
    ["0e999999", 0],
    ["-0", 0],
  ]);
  refuses(
    read.readInt32Json,
    0.5,
    2147483648,
    -2147483649,
    Number.NaN,
    null,
    true,
    "",
    " 1",
    "1 ",
    "+1",
    "01",
    "0x1",
    "1.5",
    "1e",
    "1_0",
    [],
    {},
  );
  refuses(read.readInt32Json, "1e999999999", `1${"0".repeat(1000)}`, "Infinity");
});

test("a uint32 is never negative", () => {
  takes(read.readUint32Json, [
    [4294967295, 4294967295],
    ["4294967295", 4294967295],
    [-0, 0],
  ]);
  refuses(read.readUint32Json, -1, 4294967296, "-1", "4294967296");
});

test("integers of 64 bits are read exactly from text, and from numbers that are integers", () => {
  takes(read.readInt64Json, [
    ["9223372036854775807", 9223372036854775807n],
    ["-9223372036854775808", -9223372036854775808n],
    ["9007199254740993", 9007199254740993n],
    ["9007199254740993.0", 9007199254740993n],
    ["9.007199254740993e15", 9007199254740993n],
    [5, 5n],
  ]);
  takes(read.readUint64Json, [["18446744073709551615", 18446744073709551615n]]);
  refuses(read.readInt64Json, "9223372036854775808", 0.5, 1e300, "x", "1e40", "0.1", null, true);
  refuses(read.readUint64Json, "18446744073709551616", -1, "-1");
});

test("doubles have names for what JSON has no number for, and their range is kept", () => {
  takes(read.readDoubleJson, [
    [1.5, 1.5],
    ["1.5", 1.5],
    ["-1.5e-3", -0.0015],
    ["NaN", Number.NaN],
    ["Infinity", Infinity],
    ["-Infinity", -Infinity],
    [-0, -0],
  ]);
  refuses(read.readDoubleJson, Infinity, Number.NaN, "1e999", "infinity", "nan", " 1", "", "0x10", null, false);
});

test("a float is rounded to its precision, and refused beyond its range", () => {
  takes(read.readFloatJson, [
    [0.1, Math.fround(0.1)],
    ["NaN", Number.NaN],
    ["-Infinity", -Infinity],
    [3.4028234663852886e38, 3.4028234663852886e38],
  ]);
  refuses(read.readFloatJson, 3.5e38, "-3.5e38");
});

test("a float is written as the shortest number that is the same float", () => {
  for (const value of [0.1, 3.4028235e38, 1e-45, 16777216, -1.17549e-38, 0.3]) {
    assert.is(write.writeFloatJson(Math.fround(value), "f", path), value === 1e-45 ? 1.401298e-45 : value);
  }
  fc.assert(
    fc.property(fc.float({ noNaN: true }), (value) =>
      Object.is(read.readFloatJson(write.writeFloatJson(value, "f", path), "f", path), value),
    ),
    { numRuns: 1000 },
  );
});

test("booleans and strings are themselves; strings are well-formed", () => {
  takes(read.readBoolJson, [[true, true]]);
  refuses(read.readBoolJson, "true", 1, 0, null);
  takes(read.readBoolKeyJson, [
    ["true", true],
    ["false", false],
  ]);
  refuses(read.readBoolKeyJson, "True", "1", "");
  takes(read.readStringJson, [["\ud83d\ude00", "\ud83d\ude00"]]);
  refuses(read.readStringJson, "\ud800", "\udc00\ud800", 1, null, []);
});

test("bytes are base64", () => {
  assert.equal(read.readBytesJson("AQI=", "f", path), new Uint8Array([1, 2]));
  refuses(read.readBytesJson, "A", "*", 1, null, []);
});

test("what a type cannot hold is not written", () => {
  const cases: readonly (readonly [(value: never, key: string, path: JsonPath) => unknown, readonly unknown[]])[] = [
    [write.writeInt32Json, [0.5, 2147483648, "1", 1n, undefined, null]],
    [write.writeUint32Json, [-1, 4294967296, "1"]],
    [write.writeInt64Json, [2n ** 63n, 1, "1"]],
    [write.writeUint64Json, [-1n, 2n ** 64n, 1]],
    [write.writeFloatJson, [3.5e38, "1"]],
    [write.writeDoubleJson, ["1", 1n]],
    [write.writeBoolJson, [0, "true"]],
    [write.writeStringJson, ["\ud800", 1]],
    [write.writeBytesJson, ["AA", [1]]],
  ];
  for (const [writer, values] of cases) {
    for (const value of values) throwsCommandError(() => writer(value as never, "f", path), "INVALID_ARGUMENT", /^f: .* is not /);
  }
});

test.run();
