import { readdirSync } from "node:fs";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Schema } from "../../../codegen/model/schema.ts";
import { readSchema } from "../../../codegen/read/read.ts";
import { choiceOf } from "../../support/choice.ts";
import { assertReadsBack, printed, schemaOf } from "../../support/printed.ts";
import { edits } from "../evolve/random-edits.ts";
import { type FileText, print, randomFile } from "../evolve/random-schemas.ts";
import { readTexts } from "../read/read-text.ts";
import { validSchemas } from "../read/valid-schemas.ts";

const test = suite("print/file");

for (const [what, text] of Object.entries(validSchemas)) {
  test(`${what}: what is printed reads back as the same model`, () => assertReadsBack(schemaOf(readTexts({ "test.proto": text })), what));
}

test("the schemas of this repository read back as the same models", () => {
  const root = new URL("../../../schemas", import.meta.url).pathname;
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".proto") && !name.startsWith("builtin"),
  );
  assertReadsBack(schemaOf(readSchema({ files, roots: [root] })), root);
  const builtin = path.join(root, "builtin");
  const own = readdirSync(builtin, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".proto"));
  assertReadsBack(schemaOf(readSchema({ files: own, roots: [builtin] })), builtin);
});

const FILES = 200;

test(`${FILES} random schemas and their edits read back as the same models`, () => {
  const choice = choiceOf(1905);
  const files = Array.from({ length: FILES }, (_, number) => randomFile(choice, number));
  assertReadsBack(readAll(files), "before");
  const kinds = Object.values(edits);
  for (const file of [...files]) for (let count = 0; count < 3; count++) choice.of(kinds)(choice, file, files);
  assertReadsBack(readAll(files), "after");
});

function readAll(files: readonly FileText[]): Schema {
  const texts = new Map(files.map((file) => [path.join("random", file.name), print(file)]));
  return schemaOf(readSchema({ files: files.map(({ name }) => name), roots: ["random"], readFile: (name) => texts.get(name) }));
}

const only = (text: string, others: Readonly<Record<string, string>> = {}): string => {
  const schema = schemaOf(readTexts({ "test.proto": text, ...others }));
  return printed(schema).get("test.proto")!;
};

test("one element stands on a line, options with it or in its braces, comments nowhere", () => {
  const text = `// A lobby.
syntax = "proto3"; package a.v1; import "zserver/options.proto";
message Join { reserved 3 to 5, 9; reserved "old"; string room = 1 [deprecated = true, json_name = "Room"]; // Where to.
  oneof who { int64 id = 2; Kind kind = 6; } map<string, Join> more = 7; optional int32 seat = 8; }
enum Kind { option allow_alias = true; KIND_UNSPECIFIED = 0; KIND_NONE = 0 [deprecated = true]; }
service Lobby { rpc Enter(Join) returns (stream Join) { option (zserver.command) = { timeout_ms: 50 errors: ["Join"] }; } rpc Say(Join) returns (zserver.None); }`;
  const expected = `syntax = "proto3";
package a.v1;
import "zserver/options.proto";
service Lobby {
  rpc Enter(.a.v1.Join) returns (stream .a.v1.Join) {
    option (.zserver.command) = { timeout_ms: 50, errors: ["Join"] };
  }
  rpc Say(.a.v1.Join) returns (.zserver.None);
}
enum Kind {
  option allow_alias = true;
  KIND_UNSPECIFIED = 0;
  KIND_NONE = 0 [deprecated = true];
}
message Join {
  reserved 3 to 5;
  reserved 9;
  reserved "old";
  string room = 1 [json_name = "Room", deprecated = true];
  oneof who {
    int64 id = 2;
    .a.v1.Kind kind = 6;
  }
  map<string, .a.v1.Join> more = 7;
  optional int32 seat = 8;
}
`;
  assert.is(only(text), expected);
});

test("groups keep the order of fields and of messages, also in oneofs and extensions", () => {
  const text =
    'syntax = "proto2"; message M { message A {} optional int32 a = 1; oneof o { group B = 2 {} group C = 3 {} } message D {} extensions 100 to max; extend M { optional group E = 100 {} } message F {} optional group G = 4 { repeated group H = 1 {} } optional int32 i = 5; }';
  assertReadsBack(schemaOf(readTexts({ "test.proto": text })), "groups");
});

test("numbers and strings of every kind are printed so that they read back exactly", () => {
  const values = ["-0", "1e300", "20000000000000000000", "0.1", "-inf", "nan", "5"];
  const fields = values.map((value, at) => `optional double d${at} = ${at + 1} [default = ${value}];`).join(" ");
  const strings =
    'optional string s = 20 [default = "\\"\\\\\\n\\000\\1771\\u0085 \u00e4\\U0001F600"]; optional bytes b = 21 [default = "\\377\\0001\\"\'\\\\"]; optional float f = 22 [default = 0.1];';
  assertReadsBack(schemaOf(readTexts({ "test.proto": `syntax = "proto2"; message M { ${fields} ${strings} }` })), "numbers");
});

test("a name that an inner scope gives another meaning is printed from the outermost scope", () => {
  const text =
    'syntax = "proto3"; package a.zserver; import "zserver/options.proto"; message M { option (.zserver.message).max_elements = 5; message a {} .a.zserver.M m = 1; }';
  assertReadsBack(schemaOf(readTexts({ "test.proto": text })), "shadowed");
});

test.run();
