import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readLimits } from "../../../codegen/read/limits.ts";
import { readSchema } from "../../../codegen/read/read.ts";
import { diagnosticsOf, readTexts, validFile } from "./read-text.ts";
import { validSchemas } from "./valid-schemas.ts";

export const testTimeoutMs = 60_000;

const test = suite("read/hostile");

const rulesOf = (text: string): readonly string[] => diagnosticsOf(text).map(({ rule }) => rule);
const nested = (depth: number): string => `syntax = "proto3";${"message M {".repeat(depth)}${"}".repeat(depth)}`;
const withValue = (value: string): string => `syntax = "proto2"; import "google/protobuf/descriptor.proto";
  message O { optional O o = 1; repeated O r = 2; } extend google.protobuf.FileOptions { optional O x = 50000; } option (x) = ${value};`;
const nestedValue = (depth: number): string => withValue(`${"{ o: ".repeat(depth - 1)}{}${" }".repeat(depth - 1)}`);

test("messages are nested as deep as the limit and no deeper, however deep the text is", () => {
  assert.equal(rulesOf(nested(readLimits.messageDepth)), []);
  assert.equal(rulesOf(nested(readLimits.messageDepth + 1)), ["SYNTAX"]);
  assert.ok(rulesOf(nested(100_000)).includes("SYNTAX"));
});

test("values of options are nested as deep as the limit and no deeper", () => {
  assert.equal(rulesOf(nestedValue(readLimits.valueDepth)), []);
  assert.equal(rulesOf(nestedValue(readLimits.valueDepth + 1)), ["SYNTAX"]);
  assert.ok(rulesOf(nestedValue(100_000)).includes("SYNTAX"));
  assert.ok(rulesOf(withValue(`{ r: ${"[".repeat(100_000)}`)).includes("SYNTAX"));
});

test("a file is as long as the limit and no longer", () => {
  const text = 'syntax = "proto3";';
  assert.equal(rulesOf(text.padEnd(readLimits.fileLength)), []);
  assert.equal(rulesOf(text.padEnd(readLimits.fileLength + 1)), ["FILE_TOO_LARGE"]);
});

test("names of Object.prototype are names like any other, and change no prototype", () => {
  const text = `syntax = "proto2"; package __proto__; import "google/protobuf/descriptor.proto";
    message constructor { optional constructor __proto__ = 1; optional string polluted = 2; extensions 9; }
    extend google.protobuf.MessageOptions { optional constructor toString = 50000; }
    message M { option (toString) = { __proto__ { polluted: "yes" } }; option (toString).polluted = "no"; optional int32 hasOwnProperty = 1; }`;
  const message = validFile(text).messages[1]!;
  const value = message.options[0]!.value as Readonly<Record<string, unknown>>;
  assert.is(Object.getPrototypeOf(value), null);
  assert.equal(Object.keys(value), ["__proto__"]);
  assert.is(({} as Record<string, unknown>).polluted, undefined);
  assert.is(message.options[0]!.name, "(__proto__.toString)");
});

test("imports stay below the roots", () => {
  for (const name of ["../x.proto", "/etc/x.proto", "a//b.proto", "./x.proto", "a/../b.proto", "a\\\\b.proto", "x\\000.proto", ""]) {
    assert.equal(rulesOf(`syntax = "proto3"; import "${name}";`), ["IMPORT_NOT_FOUND"], name);
  }
});

test("an injected reader is asked for paths below the roots only", () => {
  const asked: string[] = [];
  const texts: Readonly<Record<string, string>> = {
    "test.proto": 'syntax = "proto3"; import "../a.proto"; import "/b.proto"; import "c.proto";',
  };
  const readFile = (path: string): string | undefined => {
    asked.push(path.replaceAll("\\", "/"));
    return texts[path.slice("root/".length)];
  };
  readSchema({ files: ["test.proto"], roots: ["root"], readFile });
  assert.equal(new Set(asked), new Set(["root/test.proto", "root/c.proto", "root/google/protobuf/descriptor.proto"]));
});

test("a name of an import too long for a file is a name of no file", () => {
  assert.equal(rulesOf(`syntax = "proto3"; import "${"a".repeat(10_000)}.proto";`), ["IMPORT_NOT_FOUND"]);
});

test("a chain of 10,000 imports is followed without recursion", () => {
  const files: Record<string, string> = {};
  for (let index = 0; index < 10_000; index++)
    files[`f${index}.proto`] = index < 9_999 ? `syntax = "proto3"; import "f${index + 1}.proto";` : 'syntax = "proto3";';
  assert.is(readTexts(files).schema!.files.length, 10_000);
});

test("no more diagnostics than the limit", () => {
  const text = `syntax = "proto3"; message M { ${"Nope a = 0; ".repeat(5_000)} }`;
  assert.is(diagnosticsOf(text).length, readLimits.diagnostics);
});

test("50,000 statements of one kind take time in proportion", () => {
  const many = (statement: (index: number) => string): string => Array.from({ length: 50_000 }, (_, index) => statement(index)).join("");
  const started = performance.now();
  assert.equal(
    rulesOf(
      `syntax = "proto3"; message M { ${many((index) => (index >= 18_999 && index < 20_000 ? "" : `int32 f${index} = ${index + 1};`))} }`,
    ),
    [],
  );
  assert.equal(rulesOf(`syntax = "proto3"; enum E { ${many((index) => `V${index} = ${index};`)} }`), []);
  assert.equal(rulesOf(`syntax = "proto3"; message M { reserved ${many((index) => `${index * 2 + 1}, `)} 200000; }`), []);
  assert.equal(rulesOf(`syntax = "proto3"; ${many((index) => `message M${index} {}`)}`), []);
  assert.ok(performance.now() - started < 20_000);
});

const texts = Object.values(validSchemas);
const fragments = [
  "{",
  "}",
  "[",
  "]",
  "<",
  ">",
  "(",
  ")",
  ";",
  ",",
  ".",
  ":",
  "=",
  "-",
  '"',
  "'",
  "\\",
  "/*",
  "*/",
  "//",
  "\n",
  "\0",
  "é",
  "😀",
  "\ud800",
  "message",
  "option",
  "0x",
  "1e",
  "max",
  "to",
  "__proto__",
];

test("no text makes reading throw", () => {
  const edit = fc.record({
    at: fc.nat(),
    remove: fc.nat(20),
    insert: fc.oneof(fc.constantFrom(...fragments), fc.string({ maxLength: 8 })),
  });
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.array(edit, { minLength: 1, maxLength: 4 }), (text, edits) => {
      let edited = text;
      for (const { at, remove, insert } of edits) {
        const from = at % (edited.length + 1);
        edited = edited.slice(0, from) + insert + edited.slice(from + remove);
      }
      for (const { position } of diagnosticsOf(edited)) assert.ok(position.line >= 1 && position.column >= 1);
    }),
    { numRuns: 1_000 },
  );
});

test.run();
