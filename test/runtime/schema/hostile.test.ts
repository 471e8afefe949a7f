/** Messages made to cost more than their bytes, decoded with generated code of every shape that recurs: lists, maps, oneofs. */
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ListValue, Struct, Value } from "../../../generated/google/protobuf/struct.ts";
import { concatBytes } from "../../../runtime/bytes/concat.ts";
import { defaultDecodeElements } from "../../../runtime/bytes/reader.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import { decode } from "../../../runtime/schema/codec.ts";
import type { MessageType } from "../../../runtime/schema/message-type.ts";
import { throwsCommandError } from "../bytes/throws.ts";

const test = suite("schema/hostile");

/** What a session takes as one message. */
const MESSAGE_BYTES = 4_194_304;
/** Nothing here takes a tenth of that; what grows with the square of its size takes minutes. */
const TIME_LIMIT_MS = 5000;

const listInValue = 0x32;
const valueInList = 0x0a;
const entryInStruct = 0x0a;

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

function delimited(tag: number, content: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.from([tag, ...varint(content.length)]), content);
}

function repeated(times: number, ...bytes: readonly number[]): Uint8Array {
  const all = new Uint8Array(times * bytes.length);
  for (let at = 0; at < all.length; at += bytes.length) all.set(bytes, at);
  return all;
}

/** Decodes in time, and returns undefined where that was refused. */
function decodeInTime<T>(type: MessageType<T, never>, bytes: Uint8Array): T | undefined {
  assert.ok(bytes.length <= MESSAGE_BYTES);
  const began = performance.now();
  try {
    return decode(type, bytes);
  } catch (error) {
    assert.ok(CommandError.is(error), String(error));
    return undefined;
  } finally {
    const took = performance.now() - began;
    assert.ok(took < TIME_LIMIT_MS, `${Math.round(took)} ms`);
  }
}

test("megabytes of unknown fields in one occurrence are not copied for each of a hundred thousand more", () => {
  const unknown = delimited(0x7a, new Uint8Array(3_000_000));
  const few = defaultDecodeElements - 10;
  const empty = decodeInTime(Value, concatBytes(delimited(listInValue, unknown), repeated(few, listInValue, 0)));
  assert.equal(empty?.kind, { case: "listValue", value: { values: [], $unknown: unknown } });
  const more = decodeInTime(Value, concatBytes(delimited(listInValue, unknown), repeated(few, listInValue, 2, 0x78, 1)));
  const { value } = more!.kind as { value: ListValue };
  assert.is(value.$unknown?.length, unknown.length + 2 * few);
});

test("a million unknown fields, and groups in groups, are kept in time", () => {
  const fields = repeated(MESSAGE_BYTES / 2, 0x78, 1);
  assert.equal(decodeInTime(Value, fields)?.$unknown, fields);
  const groups = repeated(20_000, ...new Array(90).fill(0x7b), ...new Array(90).fill(0x7c));
  assert.is(decodeInTime(Value, groups)?.$unknown?.length, groups.length);
  assert.is(decodeInTime(Value, repeated(MESSAGE_BYTES, 0x7b)), undefined);
});

test("two bytes make no object beyond the limit, wherever they are", () => {
  const wide = repeated(MESSAGE_BYTES / 2, valueInList, 0);
  throwsCommandError(() => decode(ListValue, wide), "RESOURCE_EXHAUSTED", /decodeElements/);
  throwsCommandError(() => decode(Struct, repeated(MESSAGE_BYTES / 2, entryInStruct, 0)), "RESOURCE_EXHAUSTED", /decodeElements/);
  const nested = repeated(1000, ...delimited(valueInList, delimited(listInValue, repeated(200, valueInList, 0))));
  throwsCommandError(() => decode(ListValue, nested), "RESOURCE_EXHAUSTED", /decodeElements/);
});

test("a message within itself is refused below a hundred levels, in time", () => {
  let bytes: Uint8Array = new Uint8Array(0);
  for (let level = 0; level < 60; level++) bytes = delimited(valueInList, delimited(listInValue, bytes));
  throwsCommandError(() => decode(ListValue, bytes), "RESOURCE_EXHAUSTED", /decodeDepth/);
  assert.is(decodeInTime(ListValue, concatBytes(...new Array(10_000).fill(bytes))), undefined);
});

/** Entries of a decoded value, and bytes of its text and bytes. The name of a oneof's case is no part of the message. */
function weigh(value: unknown): { entries: number; bytes: number } {
  if (typeof value === "string") return { entries: 0, bytes: Buffer.byteLength(value) };
  if (value instanceof Uint8Array) return { entries: 0, bytes: value.length };
  if (typeof value !== "object" || value === null) return { entries: 0, bytes: 0 };
  const parts = value instanceof Map ? [...value].flat() : Object.entries(value).flatMap(([name, part]) => (name === "case" ? [] : [part]));
  const own = value instanceof Map ? value.size : Array.isArray(value) ? value.length : 0;
  return parts.map(weigh).reduce((a, b) => ({ entries: a.entries + b.entries, bytes: a.bytes + b.bytes }), { entries: own, bytes: 0 });
}

/** Bytes that look like a message: known and unknown tags, before contents that are messages again, or anything. */
const { plausible } = fc.letrec<{ plausible: Uint8Array; field: Uint8Array }>((tie) => ({
  plausible: fc.array(tie("field"), { maxLength: 6 }).map((fields) => concatBytes(...fields)),
  field: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc
      .tuple(fc.constantFrom(0x08, 0x11, 0x20, 0x78, 0x7d), fc.uint8Array({ maxLength: 9 }))
      .map(([tag, rest]) => concatBytes(Uint8Array.of(tag), rest)),
    fc.tuple(fc.constantFrom(0x0a, 0x12, 0x1a, 0x2a, 0x32, 0x7a), tie("plausible")).map(([tag, content]) => delimited(tag, content)),
  ),
}));

for (const type of [Value, ListValue, Struct] as readonly MessageType<object, never>[]) {
  test(`${type.name}: whatever comes, what is made of it is no more than its bytes and as many entries as are allowed`, () => {
    fc.assert(
      fc.property(plausible, fc.nat(20), (bytes, decodeElements) => {
        let message: object;
        try {
          message = decode(type, bytes, { decodeElements });
        } catch (error) {
          assert.ok(CommandError.is(error), String(error));
          assert.match(error.code, /^(INVALID_ARGUMENT|RESOURCE_EXHAUSTED)$/);
          return;
        }
        const weight = weigh(message);
        assert.ok(weight.entries <= decodeElements, `${weight.entries} entries with a limit of ${decodeElements}`);
        assert.ok(weight.bytes <= bytes.length, `${weight.bytes} bytes of ${bytes.length}`);
      }),
      { numRuns: 1000 },
    );
  });
}

test.run();
