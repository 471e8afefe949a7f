import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { stateOf } from "../../../../codegen/cli/state.ts";
import { fingerprintsOf } from "../../../../codegen/describe/fingerprint.ts";
import { findBreaking } from "../../../../codegen/evolve/breaking.ts";
import { type Change, changesBetween } from "../../../../codegen/evolve/difference/changes.ts";
import { differenceOf } from "../../../../codegen/evolve/difference/difference.ts";
import type { Schema } from "../../../../codegen/model/schema.ts";
import { readSchema } from "../../../../codegen/read/read.ts";
import { choiceOf } from "../../../support/choice.ts";
import { schemaOf } from "../../../support/printed.ts";
import { readTexts } from "../../read/read-text.ts";
import { edits } from "../random-edits.ts";
import { type FileText, print, randomFile } from "../random-schemas.ts";

const test = suite("evolve/difference/difference");

function readAll(files: readonly FileText[]): Schema {
  const texts = new Map(files.map((file) => [path.join("random", file.name), print(file)]));
  return schemaOf(readSchema({ files: files.map(({ name }) => name), roots: ["random"], readFile: (name) => texts.get(name) }));
}

const shown = (files: readonly FileText[]): string => files.map((file) => file.name + print(file)).join();
const mild = [edits.addField!, edits.aliasless!];

test("in random changes the level is major where something breaks, and undefined only where nothing changed", () => {
  const choice = choiceOf(77);
  const levels = new Map<string, number>();
  for (let turn = 0; turn < 80; turn++) {
    const files = [randomFile(choice, turn)];
    const before = readAll(files);
    const text = shown(files);
    const kinds = choice.once(2) ? mild : Object.values(edits);
    choice.of(kinds)(choice, files[0]!, files);
    if (files.length === 0) continue;
    const after = readAll(files);
    const breaks = findBreaking(before, after, "FILE");
    const { level } = differenceOf(stateOf(before), stateOf(after), breaks);
    assert.is(level === "major", breaks.length > 0);
    assert.is(level === undefined, shown(files) === text);
    levels.set(String(level), (levels.get(String(level)) ?? 0) + 1);
  }
  assert.ok(levels.get("major")! > 0 && levels.get("minor")! > 0, [...levels].join(" "));
});

test("a schema that was locked and read back has the fingerprints that it had", () => {
  const choice = choiceOf(78);
  const schema = readAll(Array.from({ length: 30 }, (_, number) => randomFile(choice, number)));
  const texts = new Map(stateOf(schema).files.map(({ name, text }) => [path.join("lock", name), text]));
  const again = schemaOf(readSchema({ files: schema.files.map(({ name }) => name), roots: ["lock"], readFile: (name) => texts.get(name) }));
  assert.equal(fingerprintsOf(again), fingerprintsOf(schema));
});

const head = 'syntax = "proto3"; package a; import "zserver/options.proto";\n';
const read = (text: string): Schema => schemaOf(readTexts({ "test.proto": head + text }));

/** What changed, as lines. */
function lines(before: string, after: string): readonly string[] {
  const line = ({ what, kind, name, detail, comment }: Change): string =>
    [`${what} ${kind} ${name}`, detail, comment].filter((part) => part !== "").join(": ");
  return changesBetween(read(before), read(after)).map(line);
}

test("what is within something new or gone is not told for itself, commands are", () => {
  const text = "service S { rpc Do(M) returns (M); } message M { message Inner { int32 a = 1; } int32 a = 1; } enum E { A = 0; B = 1; }";
  const names = ["service a.S", "command a.S.Do", "message a.M", "message a.M.Inner", "enum a.E"];
  assert.equal(
    lines("", text),
    names.map((name) => `added ${name}`),
  );
  assert.equal(
    lines(text, ""),
    names.map((name) => `removed ${name}`),
  );
});

test("a field is known by its number: a new name is a change", () => {
  assert.equal(lines("message M { int32 a = 1; }", "message M { int32 b = 1; }"), [
    "changed field a.M.b: was `int32 a = 1`, is `int32 b = 1`",
  ]);
  assert.equal(lines("message M { int32 a = 1; }", "message M { int32 a = 2; }"), ["added field a.M.a", "removed field a.M.a"]);
});

test("all that a client can notice of a field, a command, a service or an enum is a change", () => {
  const field = (before: string, after: string): readonly string[] => lines(`message M { ${before} }`, `message M { ${after} }`);
  const pairs = [
    ["int32 a = 1;", "optional int32 a = 1;"],
    ["int32 a = 1;", "repeated int32 a = 1;"],
    ["int32 a = 1;", "int64 a = 1;"],
    ["int32 a = 1;", "oneof o { int32 a = 1; }"],
    ["int32 a = 1;", 'int32 a = 1 [json_name = "b"];'],
    ["map<string, int32> a = 1;", "map<string, int64> a = 1;"],
    ["", "option (zserver.message).max_elements = 5;"],
  ] as const;
  for (const [before, after] of pairs) assert.match(field(before, after).join("\n"), /^changed .*: was `.*`, is `.*`$/, after);
  const command = (options: string, shape = "(M) returns (M)"): string => `message M {} service S { rpc Do${shape} { ${options} } }`;
  const plain = command("");
  for (const changed of [
    command("", "(stream M) returns (M)"),
    command("", "(M) returns (zserver.None)"),
    command("option idempotency_level = IDEMPOTENT;"),
    ...["timeout_ms: 5", "deferred: true", "ordered: true", "critical: true", 'errors: ["M"]'].map((option) =>
      command(`option (zserver.command) = { ${option} };`),
    ),
  ])
    assert.match(lines(plain, changed).join("\n"), /^changed command a\.S\.Do: was `/, changed);
  assert.match(
    lines(plain, plain.replace("rpc", "option (zserver.service).side = BOTH; rpc")).join(),
    /^changed service a\.S: was `handled by SERVER`, is `handled by BOTH`$/,
  );
  assert.equal(lines("enum E { A = 0; B = 1; }", "enum E { A = 0; B = 2; C = 3; }"), [
    "changed enum value a.E.B: was `1`, is `2`",
    "added enum value a.E.C",
  ]);
});

test("what changes nothing for anybody who calls is no change", () => {
  assert.equal(lines("message M { repeated int32 a = 1; }", "message M { repeated int32 a = 1 [packed = false]; }"), []);
  assert.equal(lines("message M { int32 a = 1; int32 b = 2; }", "message M { int32 b = 2; int32 a = 1; reserved 3; }"), []);
});

test("deprecation is told with the comment, and its end too", () => {
  const [before, after] = ["message M {\n// Old.\nint32 a = 1;\n}", "message M {\n// Old.\nint32 a = 1 [deprecated = true];\n}"] as const;
  assert.equal(lines(before, after), ["deprecated field a.M.a: Old."]);
  assert.equal(lines(after, before), ["changed field a.M.a: is not deprecated any more: Old."]);
});

test.run();
