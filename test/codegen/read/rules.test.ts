import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Diagnostic } from "../../../codegen/model/diagnostic.ts";
import { builtinRoots } from "../../../codegen/read/include.ts";
import { packagedFileOf, packagedNames } from "../../../codegen/read/link/packaged-names.ts";
import { rules } from "../../../codegen/read/rules.ts";
import { invalidSchemas } from "./invalid-schemas.ts";
import { diagnosticsOf } from "./read-text.ts";

const test = suite("read/rules");

const unmarked = (text: string): string => text.replace("«", "");
const others = (other: string | undefined): Record<string, string> => (other === undefined ? {} : { "other.proto": unmarked(other) });
const summary = ({ rule, message, position }: Diagnostic): Omit<Diagnostic, "remedy"> => ({ rule, message, position });

for (const { rule, message, text, other } of invalidSchemas) {
  test(`${rule}: ${message}`, () => {
    const file = text.includes("«") ? "test.proto" : "other.proto";
    const before = (file === "test.proto" ? text : other!).split("«")[0]!;
    const lines = before.split("\n");
    const actual = diagnosticsOf(unmarked(text), others(other));
    assert.equal(actual.map(summary), [{ rule, message, position: { file, line: lines.length, column: lines.at(-1)!.length + 1 } }]);
  });
}

test("every rule has an example", () => {
  const covered = new Set(invalidSchemas.map(({ rule }) => rule as string));
  const elsewhere = ["FILE_NOT_FOUND", "FILE_TOO_LARGE"];
  assert.equal(
    Object.keys(rules).filter((rule) => !covered.has(rule) && !elsewhere.includes(rule)),
    [],
  );
});

test("every remedy is one line", () => {
  for (const { text, other } of invalidSchemas) {
    const [diagnostic] = diagnosticsOf(unmarked(text), others(other));
    assert.match(diagnostic!.remedy, /^[^\n]{5,}$/);
  }
});

/** What the first diagnostic of a file says to do. */
const remedyOf = (text: string): string | undefined => diagnosticsOf(text)[0]?.remedy;
const proto3 = 'syntax = "proto3"; ';

test("a name that comes with zgen is answered with the import that it needs", () => {
  assert.is(remedyOf(`${proto3}service S { rpc Say(M) returns (zserver.None); } message M {}`), 'add import "zserver/options.proto";');
  const blob = `${proto3}import "zserver/options.proto"; service S { rpc Put(zserver.Blob) returns (zserver.None); }`;
  assert.is(diagnosticsOf(blob)[0]?.message, "the type zserver.Blob is not declared");
  assert.is(remedyOf(blob), 'add import "zserver/blob.proto";');
  assert.is(remedyOf(`${proto3}message M { .google.protobuf.Timestamp at = 1; }`), 'add import "google/protobuf/timestamp.proto";');
  const option = `${proto3}service S { rpc A(M) returns (M) { option (zserver.command) = { timeout_ms: 1 }; } } message M {}`;
  assert.is(remedyOf(option), 'add import "zserver/options.proto";');
});

test("the names that come with zgen are where the remedies say", () => {
  assert.ok(packagedNames.length > 20);
  for (const name of packagedNames) {
    const text = readFileSync(
      path.join(builtinRoots().find((root) => existsSync(path.join(root, packagedFileOf(name)!)))!, packagedFileOf(name)!),
      "utf8",
    );
    const short = name.slice(name.lastIndexOf(".") + 1);
    assert.match(text, new RegExp(`^package ${name.slice(0, name.lastIndexOf("."))};`, "m"));
    assert.match(text, new RegExp(`^(?:message|enum) ${short} |^ *\\w+ ${short} = 50617;`, "m"), name);
  }
});

test("an option that is misspelt is answered with those that there are", () => {
  const command = (value: string): string =>
    `${proto3}import "zserver/options.proto"; service S { rpc A(M) returns (M) { option (zserver.command)${value}; } } message M {}`;
  for (const value of [" = { timeout: 3 }", ".timeout = 3"])
    assert.match(remedyOf(command(value))!, /^write timeout_ms, .*max_bytes.* or \w+$/);
  assert.is(remedyOf(command(" = { priority: URGENT }")), "write PRIORITY_UNSPECIFIED, HIGH, NORMAL or BULK");
  assert.is(remedyOf('edition = "2023"; option features.field_presence = NO;'), "write EXPLICIT, IMPLICIT or LEGACY_REQUIRED");
});

test("a file without its syntax is told to begin with one, where that is what it lacks", () => {
  assert.match(remedyOf("message M { string a = 1; }")!, /^begin the file with syntax = "proto3";/);
  assert.match(remedyOf('syntax = "proto2"; message M { string a = 1; }')!, /^write optional, required or repeated/);
});

test("a scalar where a message belongs is told to be a field of one", () => {
  assert.is(remedyOf(`${proto3}service S { rpc A(string) returns (M); } message M {}`), "declare a message with a field of type string");
});

test.run();
