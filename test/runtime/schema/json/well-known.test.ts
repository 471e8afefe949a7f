import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Int64Value, encode } from "../../../../runtime/codec.ts";
import {
  AnyJson,
  anyFromJson,
  anyToJson,
  DurationJson,
  EmptyJson,
  emptyFromJson,
  fieldMaskFromJson,
  fieldMaskToJson,
  int64ValueFromJson,
  int64ValueToJson,
  Int64ValueJson,
  listValueFromJson,
  ListValueJson,
  stringValueToJson,
  structFromJson,
  structToJson,
  typeRegistry,
  ValueJson,
  valueFromJson,
  valueToJson,
} from "../../../../runtime/json.ts";
import type { JsonValue } from "../../../../runtime/schema/json/value.ts";
import { throwsCommandError } from "../../bytes/throws.ts";

const test = suite("schema/json/well-known");
const types = typeRegistry(AnyJson, DurationJson, EmptyJson, Int64ValueJson, ListValueJson, ValueJson);
const url = (name: string): string => `type.googleapis.com/google.protobuf.${name}`;

test("wrappers are their values", () => {
  assert.is(int64ValueToJson({ value: 5n }), "5");
  assert.is(stringValueToJson({}), "");
  assert.equal(int64ValueFromJson("5"), { value: 5n });
  throwsCommandError(() => int64ValueFromJson(null), "INVALID_ARGUMENT", /Int64Value: null is not an int64/);
});

test("a struct is an object, with members of any name", () => {
  const json: JsonValue = JSON.parse('{"__proto__":{"a":null},"constructor":[1,"x",true,{}],"":0}');
  const struct = structFromJson(json);
  assert.equal([...struct.fields.keys()], ["__proto__", "constructor", ""]);
  const written = structToJson(struct);
  assert.is(JSON.stringify(written), JSON.stringify(json));
  assert.is(Object.getPrototypeOf(written), Object.prototype);
});

test("a value without a kind, and a number that JSON does not have, are not written", () => {
  throwsCommandError(() => valueToJson({}), "INVALID_ARGUMENT", /Value: undefined is not a kind/);
  for (const value of [Number.NaN, Infinity]) {
    const number = { kind: { case: "numberValue", value } } as const;
    throwsCommandError(() => structToJson({ fields: new Map([["a", number]]) }), "INVALID_ARGUMENT", /Struct: a: .* finite/);
  }
  throwsCommandError(() => valueFromJson(Infinity), "INVALID_ARGUMENT", /finite/);
});

test("what is no struct and no list is refused with its path", () => {
  for (const json of [[], 1, null, "a"]) throwsCommandError(() => structFromJson(json), "INVALID_ARGUMENT", /is not an object/);
  for (const json of [{}, 1, null, "a"]) throwsCommandError(() => listValueFromJson(json), "INVALID_ARGUMENT", /is not an array/);
  throwsCommandError(
    () => structFromJson({ a: [1, { "b c": "\ud800" }] }),
    "INVALID_ARGUMENT",
    /Struct: a\[1\]\["b c"\]: .* lone surrogate/,
  );
});

test("a field mask is its paths in lowerCamelCase, where they can be told apart", () => {
  assert.is(fieldMaskToJson({ paths: ["foo_bar.baz_q", "a"] }), "fooBar.bazQ,a");
  assert.equal(fieldMaskFromJson("fooBar.bazQ,a"), { paths: ["foo_bar.baz_q", "a"] });
  assert.is(fieldMaskToJson({}), "");
  assert.equal(fieldMaskFromJson(""), { paths: [] });
  for (const path of ["fooBar", "foo__bar", "foo_3", "a,b", "", "foo_"]) {
    throwsCommandError(() => fieldMaskToJson({ paths: [path] }), "INVALID_ARGUMENT", /lower_snake_case/);
  }
  for (const json of ["foo_bar", "a,,b", ",", 1, null])
    throwsCommandError(() => fieldMaskFromJson(json), "INVALID_ARGUMENT", /FieldMask: /);
});

test("an Any has its message's own JSON under a URL, or a special form under value", () => {
  assert.equal(anyToJson({}), {});
  assert.equal(anyFromJson({}), { typeUrl: "", value: new Uint8Array(0) });
  const number = { typeUrl: url("Int64Value"), value: encode(Int64Value, { value: 7n }) };
  const nested = { "@type": url("Any"), value: { "@type": url("Int64Value"), value: "7" } };
  assert.equal(anyToJson(number, { types }), nested.value);
  assert.equal(anyFromJson(nested.value, { types }), number);
  assert.equal(anyToJson(anyFromJson(nested, { types }), { types }), nested);
  const empty = { "@type": url("Empty") };
  assert.equal(anyToJson(anyFromJson(empty, { types }), { types }), empty);
  const nothing = { value: null, "@type": url("Value") };
  assert.equal(anyToJson(anyFromJson(nothing, { types }), { types }), nothing);
});

test("an Any that cannot be read says why", () => {
  const refused = (json: JsonValue, why: RegExp): void => throwsCommandError(() => anyFromJson(json, { types }), "INVALID_ARGUMENT", why);
  refused({ a: 1 }, /"@type"/);
  refused({ "@type": 1 }, /1 is not the URL/);
  refused({ "@type": "" }, /"" is not the URL of a type/);
  refused({ "@type": "Duration" }, /such as type\.googleapis\.com/);
  refused({ "@type": "a/" }, /such as type\.googleapis\.com/);
  refused({ "@type": "a/acme.Unheard" }, /is not a type in options\.types/);
  refused({ "@type": url("Duration") }, /value: the field is required/);
  refused({ "@type": url("Duration"), value: "1s", x: 1 }, /x: no such field/);
  refused({ "@type": url("Duration"), value: 1 }, /Any: value: 1 is not a duration/);
  refused({ "@type": url("Empty"), a: 1 }, /a: no such field/);
  refused(null, /is not an object/);
  throwsCommandError(() => anyFromJson({ "@type": url("Empty") }), "INVALID_ARGUMENT", /give it \{ types: typeRegistry/);
  throwsCommandError(() => anyToJson({ typeUrl: url("Duration") }), "INVALID_ARGUMENT", /give it \{ types: typeRegistry/);
  throwsCommandError(() => anyToJson({ value: new Uint8Array(1) }), "INVALID_ARGUMENT", /is not the URL/);
  throwsCommandError(
    () => anyToJson({ typeUrl: url("Duration"), value: new Uint8Array(1) }, { types }),
    "INVALID_ARGUMENT",
    /Duration: malformed/,
  );
});

test("JSON nests a hundred objects or lists deep and no deeper, in both directions", () => {
  const lists = (depth: number): JsonValue => JSON.parse("[".repeat(depth) + "]".repeat(depth));
  assert.ok(valueToJson(valueFromJson(lists(101))));
  throwsCommandError(() => valueFromJson(lists(102)), "RESOURCE_EXHAUSTED", /decodeDepth/);
  const objects = (depth: number): JsonValue => JSON.parse(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`);
  throwsCommandError(() => structFromJson(objects(102)), "RESOURCE_EXHAUSTED", /decodeDepth/);
  throwsCommandError(() => structFromJson(objects(100_000)), "RESOURCE_EXHAUSTED", /decodeDepth/);
  let any = anyFromJson({ "@type": url("Empty") }, { types });
  for (let i = 0; i < 200; i++) any = { typeUrl: url("Any"), value: encode(AnyJson.type, any) };
  throwsCommandError(() => anyToJson(any, { types }), "RESOURCE_EXHAUSTED", /decodeDepth/);
});

test("objects and entries are counted", () => {
  const values: JsonValue = Array.from({ length: 10 }, () => 1);
  assert.is(listValueFromJson(values, { decodeElements: 10 }).values.length, 10);
  throwsCommandError(() => listValueFromJson([...values, 1], { decodeElements: 9 }), "RESOURCE_EXHAUSTED", /limit decodeElements/);
  throwsCommandError(() => fieldMaskFromJson("a,".repeat(200_000), {}), "RESOURCE_EXHAUSTED", /decodeElements/);
});

test("what an Any holds is counted while it is decoded", () => {
  const list = { "@type": url("ListValue"), value: [1, 2, 3, 4] };
  const any = anyFromJson(list, { types });
  assert.equal(anyToJson(any, { types, decodeElements: 4 }), list);
  throwsCommandError(() => anyToJson(any, { types, decodeElements: 3 }), "RESOURCE_EXHAUSTED", /decodeElements/);
});

test("unknown options and types of one name throw", () => {
  assert.throws(() => emptyFromJson({}, { ignoreUnknown: true } as never), /fromJson: unknown option "ignoreUnknown"/);
  assert.throws(() => anyToJson({}, { emitDefaults: true } as never), /toJson: unknown option "emitDefaults"/);
  assert.throws(() => typeRegistry(EmptyJson, { ...EmptyJson }), /two different types are called google\.protobuf\.Empty/);
  assert.ok(typeRegistry(EmptyJson, EmptyJson).message("google.protobuf.Empty"));
});

test.run();
