import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Field } from "../../../codegen/model/schema.ts";
import { readSchema } from "../../../codegen/read/read.ts";
import { readTexts, validFile } from "./read-text.ts";

const test = suite("read/model");

function isDeepFrozen(value: unknown): boolean {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return true;
  return Object.isFrozen(value) && Object.values(value).every(isDeepFrozen);
}

const fields = (text: string): Readonly<Record<string, Field>> =>
  Object.fromEntries(validFile(text).messages.flatMap((message) => message.fields.map((field) => [field.name, field])));

test("the model is frozen to its last part", () => {
  const { schema } = readSchema({ files: ["example/lobby/v1/lobby.proto", "google/protobuf/cpp_features.proto"], roots: [] });
  assert.ok(isDeepFrozen(schema));
});

test("files are sorted by name; descriptor.proto is there only if something imports it", () => {
  const { schema } = readTexts({
    "b.proto": 'syntax = "proto3";\nimport "a.proto";\nimport "google/protobuf/any.proto";',
    "a.proto": 'syntax = "proto3";',
  });
  assert.equal(
    schema!.files.map(({ name, requested }) => [name, requested]),
    [
      ["a.proto", false],
      ["b.proto", true],
      ["google/protobuf/any.proto", false],
    ],
  );
});

test("positions are those of the names", () => {
  const [message] = validFile('syntax = "proto3";\n  message M {\n    int32 abc = 1;\n  }').messages;
  assert.equal(message!.position, { file: "test.proto", line: 2, column: 11 });
  assert.equal(message!.fields[0]!.position, { file: "test.proto", line: 3, column: 11 });
});

test("presence follows the syntax, oneofs, messages and optional", () => {
  const proto3 = fields(
    'syntax = "proto3"; message M { int32 a = 1; optional int32 b = 2; M c = 3; oneof o { int32 d = 4; } repeated int32 e = 5; }',
  );
  assert.equal(
    Object.values(proto3).map(({ presence }) => presence),
    ["implicit", "explicit", "explicit", "explicit", "implicit"],
  );
  assert.is(proto3.b!.oneof, undefined);
  assert.is(proto3.d!.oneof, "o");
  const proto2 = fields('syntax = "proto2"; message M { optional int32 a = 1; required int32 b = 2; required M c = 3; }');
  assert.equal(
    Object.values(proto2).map(({ presence }) => presence),
    ["explicit", "required", "required"],
  );
  const edition = fields(
    'edition = "2023"; option features.field_presence = IMPLICIT; message M { int32 a = 1; int32 b = 2 [features.field_presence = EXPLICIT]; M c = 3; int32 d = 4 [features.field_presence = LEGACY_REQUIRED]; }',
  );
  assert.equal(
    Object.values(edition).map(({ presence }) => presence),
    ["implicit", "explicit", "explicit", "required"],
  );
});

test("packed, delimited, closed and validated as the syntax or the features say", () => {
  const proto2 = fields(
    'syntax = "proto2"; enum E { A = 1; } message M { repeated int32 a = 1; repeated int32 b = 2 [packed = true]; repeated string c = 3; optional group G = 4 {} optional E e = 5; optional string s = 6; repeated E f = 7 [packed = true]; }',
  );
  assert.equal([proto2.a!.packed, proto2.b!.packed, proto2.c!.packed, proto2.f!.packed], [false, true, false, true]);
  assert.equal(proto2.g!.value, { kind: "message", type: "M.G", delimited: true });
  assert.equal(proto2.e!.value, { kind: "enum", type: "E", closed: true });
  assert.is(proto2.s!.validateUtf8, false);
  const edition = fields(`edition = "2023"; option features.message_encoding = DELIMITED; option features.enum_type = CLOSED;
    enum E { option features.enum_type = OPEN; A = 0; } enum F { B = 0; }
    message M { M a = 1; map<string, M> b = 2; E c = 3; F d = 4; repeated F e = 5 [features.repeated_field_encoding = EXPANDED]; string s = 6 [features.utf8_validation = NONE]; }`);
  assert.equal(edition.a!.value, { kind: "message", type: "M", delimited: true });
  assert.equal(edition.b!.value, { kind: "message", type: "M", delimited: false });
  assert.equal(edition.c!.value, { kind: "enum", type: "E", closed: false });
  assert.equal(edition.d!.value, { kind: "enum", type: "F", closed: true });
  assert.equal([edition.e!.packed, edition.s!.validateUtf8, edition.b!.validateUtf8], [false, false, true]);
});

test("defaults are what their types hold", () => {
  const values = Object.values(
    fields(`syntax = "proto2"; enum E { A = 0; B = 1; } message M {
      optional int32 a = 1 [default = -0x10]; optional int64 b = 2 [default = -9223372036854775808]; optional uint64 c = 3 [default = 0xffffffffffffffff];
      optional bool d = 4 [default = true]; optional string e = 5 [default = "\\303\\244\\n"]; optional bytes f = 6 [default = "a\\xff"];
      optional E g = 7 [default = B]; optional double h = 8 [default = -inf]; optional float i = 9 [default = 0.1]; optional int32 j = 10; optional int32 k = 11 [default = 010]; }`),
  ).map(({ defaultValue }) => defaultValue);
  const expected = [
    -16,
    -9223372036854775808n,
    18446744073709551615n,
    true,
    "ä\n",
    Uint8Array.of(97, 255),
    "B",
    Number.NEGATIVE_INFINITY,
    Math.fround(0.1),
    undefined,
    8,
  ];
  assert.equal(values, expected);
});

test("options keep 64 bits, repetition, and their own types", () => {
  const file = validFile(`syntax = "proto3"; package p; import "google/protobuf/descriptor.proto";
    message O { uint64 big = 1; repeated O inner = 2; bytes raw = 3; E e = 4; map<string, int64> m = 5; }
    enum E { X = 0; Y = 1; }
    extend google.protobuf.MessageOptions { O o = 50000; repeated string tags = 50001; }
    message M { option (o) = { big: 18446744073709551615 inner: [{ e: Y }, {}] raw: "\\001" m { key: "k" value: -9 } }; option (tags) = "a"; option (p.tags) = "b"; option (o).e = Y; option deprecated = true; }`);
  const message = file.messages[1]!;
  const plain = (value: unknown): unknown =>
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array) ? { ...value } : value;
  assert.equal(
    message.options.map(({ name }) => name),
    ["(p.o)", "(p.tags)", "(p.tags)", "(p.o).e", "deprecated"],
  );
  const value = plain(message.options[0]!.value) as { big: unknown; raw: unknown; inner: unknown[]; m: unknown[] };
  assert.is(value.big, 18446744073709551615n);
  assert.equal(value.raw, Uint8Array.of(1));
  assert.equal(value.inner.map(plain), [{ e: "Y" }, {}]);
  assert.equal(value.m.map(plain), [{ key: "k", value: -9n }]);
  assert.is(message.deprecated, true);
  assert.is(message.options[3]!.value, "Y");
});

test("zserver's options are filled with their defaults, and a command takes over what its service says", () => {
  const file = validFile(`syntax = "proto3"; package p; import "zserver/options.proto";
    message M { option (zserver.message).max_elements = 7; bytes b = 1 [(zserver.field) = { view: true }]; bytes c = 2 [(zserver.field).secret = true]; message E {} }
    service S { option (zserver.service) = { ordered: true critical: true };
      rpc A(M) returns (M) { option (zserver.command) = { timeout_ms: 3000 errors: ["M", "p.M.E"] deferred: true ordered: false critical: false }; option idempotency_level = NO_SIDE_EFFECTS; }
      rpc B(M) returns (zserver.None) { option (zserver.command) = { delivery: VOLATILE, priority: BULK }; } rpc C(stream M) returns (M) { option (zserver.command) = { idle_timeout_ms: 500, max_bytes: 70 }; } rpc D(M.E) returns (stream M.E) { option (zserver.command).compression = BROTLI; } rpc E(stream M) returns (stream M); }
    service T { option (zserver.service).side = BOTH; rpc A(M) returns (M); }`);
  const [message] = file.messages;
  assert.equal([message!.zserver.maxElements, ...message!.fields.map(({ zserver }) => zserver.view)], [7, true, false]);
  assert.equal(
    message!.fields.map(({ zserver }) => zserver.secret),
    [false, true],
  );
  const [s, t] = file.services;
  assert.equal(
    [s!.zserver, t!.zserver],
    [
      { side: "SERVER", ordered: true, critical: true },
      { side: "BOTH", ordered: false, critical: false },
    ],
  );
  const explicit = {
    timeoutMs: 3000,
    idleTimeoutMs: 0,
    maxBytes: 0,
    errors: ["p.M", "p.M.E"],
    deferred: true,
    ordered: false,
    delivery: "RELIABLE",
    critical: false,
    priority: "NORMAL",
    inLane: false,
    compression: undefined,
  };
  assert.equal(s!.commands[0]!.zserver, explicit);
  const taken = {
    timeoutMs: 0,
    idleTimeoutMs: 0,
    maxBytes: 0,
    errors: [],
    deferred: false,
    ordered: true,
    delivery: "VOLATILE",
    critical: true,
    priority: "BULK",
    inLane: false,
    compression: undefined,
  };
  assert.equal(s!.commands[1]!.zserver, taken);
  assert.is(s!.commands[2]!.zserver.idleTimeoutMs, 500);
  assert.is(s!.commands[2]!.zserver.maxBytes, 70);
  assert.is(s!.commands[3]!.zserver.compression, "BROTLI");
  assert.is(s!.commands[0]!.idempotency, "NO_SIDE_EFFECTS");
  assert.equal(
    s!.commands.map(({ kind }) => kind),
    ["unary", "one_way", "client_stream", "server_stream", "bidi_stream"],
  );
});

test("a command with a blob is a stream, in the class BULK unless it says otherwise, and may always say why a blob failed", () => {
  const file = validFile(`syntax = "proto3"; package p; import "zserver/blob.proto"; import "zserver/options.proto";
    message M { zserver.BlobRef photo = 1; }
    service S {
      rpc A(zserver.Blob) returns (M);
      rpc B(M) returns (zserver.Blob) { option (zserver.command) = { errors: "M", idle_timeout_ms: 5 }; }
      rpc C(zserver.Blob) returns (zserver.Blob) { option (zserver.command) = { in_lane: true }; }
      rpc D(zserver.Blob) returns (stream M) { option (zserver.command) = { in_lane: true, priority: HIGH }; }
      rpc E(stream M) returns (zserver.Blob) { option (zserver.command).priority = NORMAL; } }`);
  assert.equal(
    file.services[0]!.commands.map(({ kind, zserver: { priority, inLane, errors } }) => [kind, priority, inLane, errors.join(" ")]),
    [
      ["client_stream", "BULK", false, "zserver.BlobFailure"],
      ["server_stream", "BULK", false, "p.M zserver.BlobFailure"],
      ["bidi_stream", "NORMAL", true, "zserver.BlobFailure"],
      ["bidi_stream", "HIGH", true, "zserver.BlobFailure"],
      ["bidi_stream", "NORMAL", false, "zserver.BlobFailure"],
    ],
  );
});

test("extensions know whom they extend, wherever they are declared", () => {
  const file = validFile(
    'syntax = "proto2"; package p; message M { extensions 4 to 9; extend M { optional string a = 4; } } extend M { repeated int32 b = 5 [packed = true]; optional group G = 6 {} }',
  );
  const all = [...file.messages[0]!.extensions, ...file.extensions];
  assert.equal(
    all.map(({ fullName, extendee, number, presence, packed }) => [fullName, extendee, number, presence, packed]),
    [
      ["p.M.a", "p.M", 4, "explicit", false],
      ["p.b", "p.M", 5, "implicit", true],
      ["p.g", "p.M", 6, "explicit", false],
    ],
  );
  assert.equal(all[2]!.value, { kind: "message", type: "p.G", delimited: true });
});

test("JSON names are protoc's lowerCamelCase, or those that are chosen", () => {
  const names = Object.values(
    fields(
      'syntax = "proto3"; message M { int32 foo_bar = 1; int32 _x = 2; int32 a__b_ = 3; int32 FooBar = 4; int32 a1_2b = 5; int32 z = 6 [json_name = "q-q"]; }',
    ),
  );
  assert.equal(
    names.map(({ jsonName }) => jsonName),
    ["fooBar", "X", "aB", "FooBar", "a12b", "q-q"],
  );
});

test("a file of public imports passes on what it imports, and other imports stay its own", () => {
  const files = {
    "b.proto": 'syntax = "proto3"; import public "c.proto";',
    "c.proto": 'syntax = "proto3"; import "d.proto"; message C { D d = 1; }',
    "d.proto": 'syntax = "proto3"; message D {}',
  };
  assert.is(validFile('syntax = "proto3"; import "b.proto"; message A { C c = 1; }', files).messages[0]!.fields[0]!.value.type, "C");
  assert.equal(
    readTexts({ "a.proto": 'syntax = "proto3"; import "b.proto"; message A { D d = 1; }', ...files }).diagnostics!.map(({ rule }) => rule),
    ["TYPE_NOT_IMPORTED"],
  );
});

test.run();
