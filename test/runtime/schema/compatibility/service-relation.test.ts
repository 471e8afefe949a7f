import { suite } from "uvu";
import * as assert from "uvu/assert";
import { relate, type CommandRelation } from "../../../../runtime/schema/compatibility/service-relation.ts";
import { schemaOf, shapeOf } from "../../../support/schema/shapes.ts";

const test = suite("compatibility/service-relation");

/** How a caller of one schema and a handler of another get on: `ok`, `absent`, or what does not fit. */
function relation(caller: string, handler: string, callerCommand?: string, handlerCommand = callerCommand): string {
  const relations = relate(shapeOf(schemaOf(caller, callerCommand)), shapeOf(schemaOf(handler, handlerCommand)));
  return said(relations.get("Do")!);
}

function said(relation: CommandRelation): string {
  return relation.kind === "mismatch" ? `${relation.direction} ${relation.rule} ${relation.field.join(".")}`.trim() : relation.kind;
}

const message = (body: string): string => `message M { ${body} }`;
const scalars = [
  ..."double float int32 int64 uint32 uint64 sint32 sint64 fixed32 fixed64 sfixed32 sfixed64 bool string bytes".split(" "),
  ..."Open Closed".split(" "),
];
const enums = "enum Open { A = 0; B = 5; } enum Closed { option features.enum_type = CLOSED; C = 0; D = 5; }";

/** `writer → reader`: all pairs of different types of which one is read as the other. */
const widenings = new Set([
  "int32 → int64",
  "uint32 → uint64",
  "uint32 → int64",
  "sint32 → sint64",
  "string → bytes",
  "int32 → Open",
  "Open → int32",
  "Open → int64",
  "Closed → Open",
  "Closed → int32",
  "Closed → int64",
]);

test("of all pairs of scalars and enums exactly those are read as each other whose every value is the same", () => {
  for (const label of ["", "repeated "]) {
    const shapes = new Map(scalars.map((type) => [type, shapeOf(schemaOf(`${enums} ${message(`${label}${type} f = 7;`)}`))]));
    for (const [writer, caller] of shapes) {
      for (const [reader, handler] of shapes) {
        const fits = writer === reader || widenings.has(`${writer} → ${reader}`);
        assert.is(said(relate(caller, handler).get("Do")!), fits ? "ok" : "request TYPE 7", `${label}${writer} → ${reader}`);
      }
    }
  }
});

test("keys and values of maps widen as fields do", () => {
  const map = (key: string, value: string): string => `${enums} ${message(`map<${key}, ${value}> f = 7;`)}`;
  assert.is(relation(map("int32", "string"), map("int64", "bytes")), "ok");
  assert.is(relation(map("int64", "string"), map("int32", "string")), "request TYPE 7");
  assert.is(relation(map("string", "Closed"), map("string", "int64")), "ok");
  assert.is(relation(map("string", "int64"), map("string", "sint64")), "request TYPE 7");
  assert.is(relation(map("string", "Closed"), map("int32", "Closed")), "request TYPE 7");
  assert.is(relation(map("int32", "Closed"), map("int64", "Closed")), "ok");
});

interface Case {
  readonly what: string;
  readonly writer: string;
  readonly reader: string;
  readonly expected: string;
}

const closed = (numbers: string): string => `enum E { option features.enum_type = CLOSED; ${numbers} } ${message("E e = 2;")}`;
const nested = (type: string): string => `message Leaf { ${type} f = 4; } ${message("Leaf leaf = 3;")}`;
const tree = (type: string): string =>
  `${message("M left = 1; M right = 2; Leaf leaf = 3;")} message Leaf { repeated M more = 1; ${type} f = 2; }`;
const implicit = message("int32 f = 1 [features.field_presence = IMPLICIT];");
const required = message("int32 f = 1 [features.field_presence = LEGACY_REQUIRED];");
const group = message("Leaf leaf = 1 [features.message_encoding = DELIMITED];");
const leaf = "message Leaf { int32 f = 1; }";

const cases: readonly Case[] = [
  {
    what: "a field that only the writer knows",
    writer: message("int32 f = 1; string g = 2;"),
    reader: message("int32 f = 1;"),
    expected: "ok",
  },
  {
    what: "a field that only the reader knows",
    writer: message("int32 f = 1;"),
    reader: message("int32 f = 1; string g = 2;"),
    expected: "ok",
  },
  { what: "another name of a field", writer: message("int32 f = 1;"), reader: message("int32 g = 1;"), expected: "ok" },
  {
    what: "packed where it was not",
    writer: message("repeated int32 f = 1;"),
    reader: message("repeated int32 f = 1 [features.repeated_field_encoding = EXPANDED];"),
    expected: "ok",
  },
  {
    what: "a list where there was one",
    writer: message("int32 f = 1;"),
    reader: message("repeated int32 f = 1;"),
    expected: "request CARDINALITY 1",
  },
  {
    what: "one where there was a list",
    writer: message("repeated int32 f = 1;"),
    reader: message("int32 f = 1;"),
    expected: "request CARDINALITY 1",
  },
  {
    what: "a list of entries where there was a map",
    writer: message("map<int32, int32> f = 1;"),
    reader: `message Entry { int32 key = 1; int32 value = 2; } ${message("repeated Entry f = 1;")}`,
    expected: "request CARDINALITY 1",
  },
  {
    what: "a map where there was a list of entries",
    writer: `message Entry { int32 key = 1; int32 value = 2; } ${message("repeated Entry f = 1;")}`,
    reader: message("map<int32, int32> f = 1;"),
    expected: "request CARDINALITY 1",
  },
  { what: "presence that is told", writer: implicit, reader: message("int32 f = 1;"), expected: "ok" },
  { what: "presence that is not told any more", writer: message("int32 f = 1;"), reader: implicit, expected: "ok" },
  { what: "a field that is required now", writer: message("int32 f = 1;"), reader: required, expected: "request REQUIRED 1" },
  { what: "a required field that only the reader knows", writer: message(""), reader: required, expected: "request REQUIRED 1" },
  { what: "a field that is not required any more", writer: required, reader: message("int32 f = 1;"), expected: "ok" },
  { what: "required on both sides", writer: required, reader: required, expected: "ok" },
  {
    what: "a field moved into a oneof",
    writer: message("int32 f = 1;"),
    reader: message("oneof o { int32 f = 1; }"),
    expected: "request ONEOF 1",
  },
  {
    what: "a field moved out of a oneof",
    writer: message("oneof o { int32 f = 1; int32 g = 2; }"),
    reader: message("oneof o { int32 f = 1; } int32 g = 2;"),
    expected: "request ONEOF 2",
  },
  {
    what: "a oneof of another name",
    writer: message("oneof o { int32 f = 1; int32 g = 2; }"),
    reader: message("oneof p { int32 f = 1; int32 g = 2; }"),
    expected: "ok",
  },
  {
    what: "a oneof with another member",
    writer: message("oneof o { int32 f = 1; }"),
    reader: message("oneof o { int32 f = 1; int32 g = 2; }"),
    expected: "ok",
  },
  {
    what: "a oneof without one of its members",
    writer: message("oneof o { int32 f = 1; int32 g = 2; }"),
    reader: message("oneof o { int32 f = 1; }"),
    expected: "ok",
  },
  {
    what: "a oneof in two",
    writer: message("oneof o { int32 f = 1; int32 g = 2; }"),
    reader: message("oneof o { int32 f = 1; } oneof p { int32 g = 2; }"),
    expected: "request ONEOF 2",
  },
  {
    what: "two oneofs in one",
    writer: message("oneof o { int32 f = 1; } oneof p { int32 g = 2; }"),
    reader: message("oneof o { int32 f = 1; int32 g = 2; }"),
    expected: "request ONEOF 2",
  },
  { what: "a closed enum with more numbers", writer: closed("A = 0; B = 1;"), reader: closed("A = 0; B = 1; C = 2;"), expected: "ok" },
  {
    what: "a closed enum with fewer numbers",
    writer: closed("A = 0; B = 1; C = 2;"),
    reader: closed("A = 0; B = 1;"),
    expected: "request ENUM_VALUES 2",
  },
  { what: "a closed enum with other names", writer: closed("A = 0; B = 1;"), reader: closed("X = 0; Y = 1;"), expected: "ok" },
  {
    what: "a group where there was a length",
    writer: `${leaf} ${message("Leaf leaf = 1;")}`,
    reader: `${leaf} ${group}`,
    expected: "request TYPE 1",
  },
  {
    what: "a length where there was a group",
    writer: `${leaf} ${group}`,
    reader: `${leaf} ${message("Leaf leaf = 1;")}`,
    expected: "request TYPE 1",
  },
  { what: "another type deep inside", writer: nested("int32"), reader: nested("string"), expected: "request TYPE 3.4" },
  { what: "a wider type deep inside", writer: nested("int32"), reader: nested("int64"), expected: "ok" },
  { what: "messages that hold themselves", writer: tree("int32"), reader: tree("int64"), expected: "ok" },
  { what: "another type in messages that hold themselves", writer: tree("int32"), reader: tree("sint32"), expected: "request TYPE 3.2" },
  {
    what: "another type of an extension",
    writer: `message M { extensions 9; } extend M { int32 x = 9; }`,
    reader: `message M { extensions 9; } extend M { string x = 9; }`,
    expected: "request TYPE 9",
  },
  {
    what: "an extension that one side has not",
    writer: `message M { extensions 9; } extend M { int32 x = 9; }`,
    reader: message("extensions 9;"),
    expected: "ok",
  },
];

for (const { what, writer, reader, expected } of cases) {
  test(`${what}: ${expected}, in a reply too`, () => {
    assert.is(relation(writer, reader), expected);
    const inReply = "rpc Do(R) returns (M);";
    assert.is(relation(reader, writer, inReply), expected.replace("request", "reply"));
  });
}

test("a command that the handler has not is absent, one that only the handler has is nobody's business", () => {
  assert.is(relation("", "", "rpc Do(M) returns (R);", "rpc Other(M) returns (R);"), "absent");
  const relations = relate(shapeOf(schemaOf("")), shapeOf(schemaOf("", "rpc Do(M) returns (R); rpc Other(M) returns (R);")));
  assert.equal([...relations.keys()], ["Do"]);
});

test("a command of another mode does not fit, a deferred one does", () => {
  const modes = [
    "(M) returns (R)",
    "(M) returns (zserver.None)",
    "(stream M) returns (R)",
    "(M) returns (stream R)",
    "(stream M) returns (stream R)",
  ];
  for (const caller of modes)
    for (const handler of modes)
      assert.is(
        relation("", "", `rpc Do${caller};`, `rpc Do${handler};`),
        caller === handler ? "ok" : "request MODE",
        `${caller}, ${handler}`,
      );
  const deferred = "rpc Do(M) returns (R) { option (zserver.command) = { deferred: true }; }";
  assert.is(relation("", "", deferred, "rpc Do(M) returns (R);"), "ok");
});

test("a message that both directions carry may fit in one of them only", () => {
  const echo = "rpc Do(M) returns (M);";
  assert.is(relation(message("int32 f = 1;"), message("int64 f = 1;"), echo), "reply TYPE 1");
  assert.is(relation(message("int64 f = 1;"), message("int32 f = 1;"), echo), "request TYPE 1");
});

test("a detail of an error is read as the caller declares it, where both declare it", () => {
  const detail = (type: string): string => `message Full { ${type} capacity = 2; } message Other {}`;
  const command = (errors: string): string => `rpc Do(M) returns (R) { option (zserver.command) = { errors: [${errors}] }; }`;
  assert.is(relation(detail("int64"), detail("int32"), command('"Full"')), "ok");
  assert.is(relation(detail("int32"), detail("int64"), command('"Full"')), "error TYPE 2");
  assert.is(relation(detail("int32"), detail("string"), command('"Other"'), command('"Other", "Full"')), "ok");
});

test.run();
