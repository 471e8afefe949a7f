import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emitSchema } from "../../../../codegen/emit/emit.ts";
import { decode, encode, getExtension, Int64Value } from "../../../../runtime/codec.ts";
import { AnyJson, fromJson, type JsonType, type JsonValue, ListValueJson, toJson, typeRegistry } from "../../../../runtime/json.ts";
import type { ExtensionType } from "../../../../runtime/schema/extension-type.ts";
import type { JsonExtension } from "../../../../runtime/schema/json/json-type.ts";
import type { ToJsonOptions } from "../../../../runtime/schema/json/options.ts";
import { throwsCommandError } from "../../../runtime/bytes/throws.ts";
import { modelOf } from "../kitchen.ts";
import { type Decoded, Workshop } from "../workshop.ts";

const test = suite("emit/json/fields");
const workshop = new Workshop();
test.after(() => workshop.remove());

const proto3 = `syntax = "proto3";
package j;
import "google/protobuf/any.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
import "zserver/options.proto";

enum Color { COLOR_RED = 0; COLOR_GREEN = 1; }
enum Alias { option allow_alias = true; ZERO = 0; ONE = 1; UNO = 1; }
message Player { string first_name = 1; Color color = 2; }
message Room {
  repeated Player players = 1;
  map<string, Player> by_name = 2;
  map<int64, Color> by_number = 3;
  repeated Color colors = 4;
  oneof choice { string text = 5; Color shade = 6; google.protobuf.NullValue nothing = 7; google.protobuf.Value any_value = 8; Player one = 9; }
  google.protobuf.Value value = 10;
  google.protobuf.NullValue null_value = 11;
  google.protobuf.Int64Value wrapped = 12;
  google.protobuf.Timestamp at = 13;
  string renamed = 14 [json_name = "other"];
  optional int32 maybe = 15;
  Alias alias = 16;
  map<string, google.protobuf.Value> values = 17;
  repeated google.protobuf.Any anys = 18;
  repeated google.protobuf.Int64Value wraps = 19;
}
message Bounded { option (zserver.message) = { max_elements: 3 }; repeated int32 numbers = 1; repeated Player players = 2; }
`;

const proto2 = `syntax = "proto2";
package j;
enum Closed { NONE = 0; ON = 1; OFF = 2; }
message Old {
  required int64 id = 1;
  optional Closed closed = 2;
  repeated Closed list = 3;
  map<int32, Closed> by_number = 4;
  optional group Part = 5 { optional string name = 1; }
  optional int32 size = 6 [default = 41];
  oneof choice { Closed chosen = 7; }
  extensions 100 to 199;
}
extend Old { optional string note = 100; repeated int32 numbers = 101; optional Old inner = 102; }
`;

workshop.add("j", emitSchema(modelOf({ "j/a.proto": proto3, "j/b.proto": proto2 }), { importExtension: ".ts", json: true }));
type Exports = Readonly<Record<string, JsonType<Decoded, never>>>;
const { RoomJson, BoundedJson } = (await workshop.import("j/j/a.json.ts")) as unknown as Exports;
const old = (await workshop.import("j/j/b.json.ts")) as unknown as Exports;
const plain = (await workshop.import("j/j/b.ts")) as unknown as Readonly<Record<string, ExtensionType<never>>>;
const OldJson = old.OldJson!;

const room = (json: JsonValue, options = {}): Decoded => fromJson(RoomJson!, json, options);
const roomJson = (init: object, options: ToJsonOptions = {}): JsonValue => toJson(RoomJson!, init as never, options);
const refused = (json: JsonValue, why: RegExp, type = RoomJson!): void =>
  throwsCommandError(() => fromJson(type, json), "INVALID_ARGUMENT", why);

test("fields go by their names in JSON and in the schema, one of them at a time", () => {
  assert.equal(
    (room({ players: [{ first_name: "a" }, { firstName: "b" }] }).players as Decoded[]).map(({ firstName }) => firstName),
    ["a", "b"],
  );
  assert.is(room({ other: "a" }).renamed, "a");
  assert.is(room({ renamed: "a" }).renamed, "a");
  refused(
    { players: [{ firstName: "a", first_name: "b" }] },
    /^j\.Room: players\[0\]\.first_name: the same field is given as "firstName" too/,
  );
  refused({ first_name: "a" }, /^j\.Room: first_name: no such field/);
  assert.equal(roomJson({ renamed: "a" }), { other: "a" });
  assert.equal(roomJson({ renamed: "a" }, { useProtoFieldName: true }), { renamed: "a" });
});

test("null is absence, except where it is a value", () => {
  const names = "players byName byNumber colors text shade one wrapped at other maybe alias values anys".split(" ");
  assert.equal(room(Object.fromEntries(names.map((name) => [name, null]))), room({}));
  assert.equal(room({ value: null }).value, { kind: { case: "nullValue", value: 0 } });
  assert.equal(room({ nothing: null }).choice, { case: "nothing", value: 0 });
  assert.equal(room({ anyValue: null }).choice, { case: "anyValue", value: { kind: { case: "nullValue", value: 0 } } });
  assert.equal(room({ text: null, shade: 1, one: null }).choice, { case: "shade", value: 1 });
  assert.is((room({ values: { a: null } }).values as Map<string, unknown>).size, 1);
  assert.is(room({ nullValue: null }).nullValue, 0);
  for (const json of [{ players: [null] }, { colors: [null] }, { byName: { a: null } }, { byNumber: { "1": null } }, { wraps: [null] }]) {
    refused(json, /null is not/);
  }
});

test("a oneof has one field", () => {
  refused({ text: "a", shade: 1 }, /^j\.Room: shade: another field of the same oneof is given too/);
  refused({ anyValue: null, nothing: null }, /nothing: another field/);
});

test("what is wrong is named with its path", () => {
  refused({ players: [{}, {}, {}, { firstName: 5 }] }, /^j\.Room: players\[3\]\.firstName: 5 is not a string$/);
  refused(
    { byName: { "a b": { color: "BLUE" } } },
    /^j\.Room: byName\["a b"\]\.color: "BLUE" is not a name or number of the enum j\.Color$/,
  );
  refused({ byNumber: { x: 1 } }, /^j\.Room: byNumber\.x: "x" is not an int64$/);
  refused({ byNumber: { "1": 1, "1.0": 1 } }, /^j\.Room: byNumber\["1\.0"\]: the same key is given twice$/);
  refused({ players: {} }, /^j\.Room: players: an object is not an array$/);
  refused({ byName: [] }, /^j\.Room: byName: an array is not an object$/);
  refused({ at: 5 }, /^j\.Room: at: 5 is not a time/);
  refused([], /^j\.Room: an array is not an object$/);
  const wrong = { players: [{}, { firstName: 5 }] };
  throwsCommandError(() => roomJson(wrong), "INVALID_ARGUMENT", /^j\.Room: players\[1\]\.firstName: 5 is not a string$/);
  throwsCommandError(
    () => roomJson({ choice: { case: "no" } }),
    "INVALID_ARGUMENT",
    /^j\.Room: choice: an object is not one of its cases$/,
  );
});

test("enums are their names; reading takes numbers too", () => {
  assert.equal(roomJson({ colors: [0, 1, 7], alias: 1 }), { colors: ["COLOR_RED", "COLOR_GREEN", 7], alias: "ONE" });
  assert.equal(roomJson({ colors: [0, 1, 7] }, { enumAsInteger: true }), { colors: [0, 1, 7] });
  assert.equal(roomJson({ choice: { case: "nothing", value: 0 } }, { enumAsInteger: true }), { nothing: null });
  assert.equal(room({ colors: ["COLOR_GREEN", 0, 7, -1], alias: "UNO" }).colors, [1, 0, 7, -1]);
  for (const json of ["GREEN", "1", 1.5, 2 ** 31, true, [], {}])
    refused({ alias: json as JsonValue }, /^j\.Room: alias: .* the enum j\.Alias$/);
});

test("names that an enum does not have are passed over where that was asked for", () => {
  const json = { colors: ["NO", 1], byNumber: { "1": "NO", "2": 1 }, alias: "NO", shade: "NO", unheard: { of: 1 } };
  const read = room(json, { ignoreUnknownFields: true });
  assert.equal(read, room({ colors: [1], byNumber: { "2": 1 } }));
  throwsCommandError(() => room({ alias: true }, { ignoreUnknownFields: true }), "INVALID_ARGUMENT", /true is not/);
});

test("a closed enum takes no other numbers, and a group is a message", () => {
  assert.equal(fromJson(OldJson, { id: 1, closed: 2, list: ["ON", 2], byNumber: { "1": 1 }, part: { name: "a" } }), {
    ...fromJson(OldJson, { id: "1" }),
    closed: 2,
    list: [1, 2],
    byNumber: new Map([[1, 1]]),
    part: { name: "a" },
  });
  for (const json of [{ closed: 3 }, { list: [9] }, { byNumber: { "1": 9 } }, { chosen: 5 }]) {
    refused({ id: 1, ...json }, /the enum j\.Closed$/, OldJson);
  }
  const read = fromJson(OldJson, { id: 1, closed: 3, list: [9, 1], byNumber: { "1": 9 }, chosen: 5 }, { ignoreUnknownFields: true });
  assert.equal(read, fromJson(OldJson, { id: 1, list: [1] }));
});

test("a required field is demanded in both directions", () => {
  refused({ size: 1 }, /^j\.Old: id: the field is required and not there$/, OldJson);
  refused({ id: null }, /^j\.Old: id: the field is required/, OldJson);
  throwsCommandError(() => toJson(OldJson, {} as never), "INVALID_ARGUMENT", /^j\.Old: id: .* the field is required$/);
});

test("what has no presence is put out on demand, and nothing else is", () => {
  assert.equal(roomJson({}), {});
  assert.equal(roomJson({}, { alwaysEmitImplicit: true }), {
    players: [],
    byName: {},
    byNumber: {},
    colors: [],
    nullValue: null,
    other: "",
    alias: "ZERO",
    values: {},
    anys: [],
    wraps: [],
  });
  assert.equal(roomJson({ maybe: 0, wrapped: 0n, wraps: [{}] }), { maybe: 0, wrapped: "0", wraps: ["0"] });
});

test("a map may have any key, and no object is polluted by it", () => {
  const json: JsonValue = JSON.parse('{"byName":{"__proto__":{"firstName":"a"},"constructor":{}}}');
  const read = room(json);
  assert.equal([...(read.byName as Map<string, unknown>).keys()], ["__proto__", "constructor"]);
  assert.is(JSON.stringify(roomJson(read)), JSON.stringify(json));
  assert.is(({} as Decoded).firstName, undefined);
  refused(JSON.parse('{"__proto__":{"other":"a"}}'), /__proto__: no such field/);
  assert.is(room(JSON.parse('{"__proto__":{"other":"a"}}'), { ignoreUnknownFields: true }).renamed, "");
});

test("messages nest a hundred deep and no deeper", () => {
  const inner = (depth: number): JsonValue => (depth === 0 ? {} : { inner: inner(depth - 1) });
  const types = typeRegistry(old.innerJson as unknown as JsonExtension<unknown, never>);
  const nested = (depth: number): JsonValue => (depth === 0 ? { id: 1 } : { id: 1, "[j.inner]": nested(depth - 1) });
  assert.ok(fromJson(OldJson, nested(60), { types }));
  throwsCommandError(() => fromJson(OldJson, nested(101), { types }), "RESOURCE_EXHAUSTED", /decodeDepth/);
  refused(inner(1), /no such field/);
});

test("only what is open counts as depth, and empty lists and maps are shared", () => {
  const wide = { players: Array.from({ length: 300 }, () => ({})), values: { a: Array.from({ length: 300 }, () => [{}]) } };
  const read = room(wide);
  assert.is((read.players as unknown[]).length, 300);
  assert.equal(roomJson(read), wide);
  const nothing = decode(RoomJson!.type, new Uint8Array(0));
  assert.is(room({ byName: {} }).byName, nothing.byName);
  assert.is(room({ players: [] }).players, nothing.players);
});

test("entries are counted as the decoder counts them", () => {
  const bounded = BoundedJson!;
  const init = { numbers: [1, 2], players: [{}] };
  assert.ok(decode(bounded.type, encode(bounded.type, init as never)));
  assert.ok(fromJson(bounded, init));
  for (const more of [{ numbers: [1, 2], players: [{}, {}] }, { numbers: [1, 2, 3, 4] }]) {
    throwsCommandError(() => decode(bounded.type, encode(bounded.type, more as never)), "RESOURCE_EXHAUSTED", /decodeElements/);
    throwsCommandError(() => fromJson(bounded, more), "RESOURCE_EXHAUSTED", /decodeElements/);
  }
  throwsCommandError(() => room({ byName: { a: {} } }, { decodeElements: 1 }), "RESOURCE_EXHAUSTED", /decodeElements/);
  assert.ok(room({ byName: { a: {} } }, { decodeElements: 2 }));
});

test("all that the Any fields of a message hold is counted together", () => {
  const types = typeRegistry(ListValueJson, AnyJson);
  const list = { "@type": "type.googleapis.com/google.protobuf.ListValue", value: [1, 2, 3, 4] };
  const read = room({ anys: [list, list] }, { types });
  assert.equal(roomJson(read, { types, decodeElements: 8 }), { anys: [list, list] });
  throwsCommandError(() => roomJson(read, { types, decodeElements: 7 }), "RESOURCE_EXHAUSTED", /decodeElements/);
});

test("an Any that holds no such message is named with its path", () => {
  const types = typeRegistry(ListValueJson);
  const anys = [{ typeUrl: "a/google.protobuf.ListValue", value: new Uint8Array([10]) }];
  const why = /^j\.Room: anys\[0\]: google\.protobuf\.ListValue: malformed message/;
  throwsCommandError(() => roomJson({ anys }, { types }), "INVALID_ARGUMENT", why);
});

test("extensions are members in brackets, and known to the registry alone", () => {
  const { noteJson, numbersJson, innerJson } = old as unknown as Readonly<Record<string, JsonExtension<unknown, never>>>;
  const types = typeRegistry(noteJson!, numbersJson!, innerJson!);
  const json = { id: "1", "[j.note]": "a", "[j.numbers]": [1, 2], "[j.inner]": { id: "2", "[j.note]": "b" } };
  const read = fromJson(OldJson, json, { types });
  assert.is(getExtension(read as never, plain.note!), "a");
  assert.equal(getExtension(read as never, plain.numbers!), [1, 2]);
  assert.equal(toJson(OldJson, read as never, { types }), json);
  assert.equal(toJson(OldJson, read as never), { id: "1" });
  assert.equal(decode(OldJson.type, encode(OldJson.type, read as never)), read);
  refused(json, /^j\.Old: \["\[j\.note\]"\]: no such field in the schema, or no such extension in options\.types/, OldJson);
  assert.equal(fromJson(OldJson, json, { ignoreUnknownFields: true }), fromJson(OldJson, { id: 1 }));
  assert.equal(fromJson(OldJson, { id: 1, "[j.note]": null }, { types }), fromJson(OldJson, { id: 1 }));
  throwsCommandError(
    () => fromJson(OldJson, { id: 1, "[j.note]": 5 }, { types }),
    "INVALID_ARGUMENT",
    /\["\[j\.note\]"\]: 5 is not a string/,
  );
});

test("a wrapper in a list keeps being a message", () => {
  assert.equal(room({ wraps: ["5", 0] }).wraps, [{ value: 5n }, { value: 0n }]);
  assert.equal(decode(Int64Value, encode(Int64Value, { value: 5n })), { value: 5n });
});

test.run();
