import { suite } from "uvu";
import * as assert from "uvu/assert";
import { formatDiagnostic } from "../../../codegen/model/diagnostic.ts";
import { readTexts } from "./read-text.ts";

const test = suite("read/recovery");

/** `file:line:column RULE` of each diagnostic. */
function found(files: Readonly<Record<string, string>>): readonly string[] {
  return (readTexts(files).diagnostics ?? []).map(({ position, rule }) => `${position.file}:${position.line}:${position.column} ${rule}`);
}

test("reading goes on behind the next semicolon or block, so that one run tells every error of a file", () => {
  const text = `syntax = "proto3";
message A {
  int32 a 1;
  int32 b = 2;
  strin c = 3;
  nonsense
}
message B { int32 a = ; }
whatever { message C {} }
service S {
  rpc X(A) return (B);
  rpc Y(A) returns (B);
  rpc Z(A) returns (B) { option deprecated: true; }
}
enum E { A0 = 0; B1 = 1x; C2 = ; }
message D { int32 a = 0; }
`;
  assert.equal(found({ "a.proto": text }), [
    "a.proto:3:11 SYNTAX",
    "a.proto:7:1 SYNTAX",
    "a.proto:8:23 SYNTAX",
    "a.proto:9:1 SYNTAX",
    "a.proto:11:12 SYNTAX",
    "a.proto:13:43 SYNTAX",
    "a.proto:15:24 SYNTAX",
    "a.proto:15:32 SYNTAX",
    "a.proto:16:23 FIELD_NUMBER_RANGE",
  ]);
});

test("errors of all files are told at once, by file and position, and those of imports too", () => {
  const files = {
    "a.proto": 'syntax = "proto3";\nimport "b.proto";\nimport "c.proto";\nmessage A { int32 a = 0; b.B b = 1; }',
    "b.proto": 'syntax = "proto3";\npackage b;\nmessage B { int32 a 1; }\nmessage C {',
    "c.proto": 'syntax = "proto3";\nmessage X { Y y = 1; }',
  };
  assert.equal(found(files), [
    "a.proto:4:23 FIELD_NUMBER_RANGE",
    "b.proto:3:21 SYNTAX",
    "b.proto:4:12 SYNTAX",
    "c.proto:2:13 TYPE_UNRESOLVED",
  ]);
});

test("a type that may be in the part of a file that could not be read is not reported as missing", () => {
  assert.equal(found({ "a.proto": 'syntax = "proto3";\nmessage A { B b = 1; }\nmessge B {}' }), ["a.proto:3:1 SYNTAX"]);
});

test("a missing import is reported once, not again for each name of it", () => {
  assert.equal(found({ "a.proto": 'syntax = "proto3";\nimport "b.proto";\nmessage A { b.B b = 1; b.C c = 2; }' }), [
    "a.proto:2:8 IMPORT_NOT_FOUND",
  ]);
});

test("a file that is asked for and not there is a diagnostic", () => {
  assert.equal(found({ "a.proto": 'syntax = "proto3";' }), []);
  const { diagnostics } = readTexts({ "../a.proto": "" });
  assert.is(
    diagnostics!.map(formatDiagnostic).join("\n"),
    "../a.proto:1:1: there is no file ../a.proto (check the name and the folders that schemas are read from) [FILE_NOT_FOUND]",
  );
});

test("a diagnostic reads as editors and terminals understand it", () => {
  const { diagnostics } = readTexts({ "a.proto": 'syntax = "proto3";\nmessage A { int32 a = 19000; }' });
  assert.is(
    diagnostics!.map(formatDiagnostic).join("\n"),
    "a.proto:2:23: 19000 belongs to protobuf itself (use a number outside 19000 to 19999) [FIELD_NUMBER_RANGE]",
  );
});

test("columns count UTF-16 code units, and lines end with any of the usual breaks", () => {
  const text = 'syntax = "proto3";\r\n/* 😀 */ message A { int32 a = 0; }\r\n';
  assert.equal(found({ "a.proto": text }), ["a.proto:2:32 FIELD_NUMBER_RANGE"]);
});

test.run();
