import { suite } from "uvu";
import * as assert from "uvu/assert";
import { EmissionMemory } from "../../../codegen/emit/emission-memory.ts";
import { type EmitOptions, type EmittedFile, emitSchema } from "../../../codegen/emit/emit.ts";
import { readSchema } from "../../../codegen/read/read.ts";

type Files = Readonly<Record<string, string>>;

/** One round: what was emitted, and of which files anew. */
function round(
  files: Files,
  memory: EmissionMemory | undefined,
  options: Partial<EmitOptions> = {},
): { modules: EmittedFile[]; anew: string[] } {
  const texts = new Map<string, string>();
  const { schema } = readSchema({
    files: Object.keys(files),
    roots: ["memory"],
    readFile: (path) => files[path.replace(/^memory[\\/]/, "")],
    onFile: (name, text) => texts.set(name, text),
  });
  const anew: string[] = [];
  const since = memory && { memory, texts };
  const modules = emitSchema(schema!, { importExtension: ".ts", json: true, ...options, since, onFile: (name) => anew.push(name) });
  return { modules, anew };
}

const p3 = (body: string): string => `syntax = "proto3";\n${body}`;
const first: Files = {
  "alone.proto": p3("package alone; message Alone { int32 a = 1; }"),
  "base.proto": p3("package base; enum Kind { NONE = 0; } message Base { int32 a = 1; }"),
  "door.proto": p3('package door; import public "base.proto"; message Door { base.Base b = 1; }'),
  "user.proto": p3('package user; import "door.proto"; message User { base.Base b = 1; base.Kind k = 2; }'),
};

/** Changes, one after the other, and the files that each one reaches. */
const steps: readonly (readonly [what: string, change: Files, anew: readonly string[]])[] = [
  ["nothing", {}, []],
  ["a file that nobody imports", { "alone.proto": p3("package alone; message Alone { string a = 1; }") }, ["alone.proto"]],
  ["a comment", { "door.proto": `${first["door.proto"]} // Wood.` }, ["door.proto", "user.proto"]],
  [
    "types that a file passes on from another",
    { "base.proto": p3("package base; enum Kind { NONE = 0; SOME = 1; } message Base {} message BaseInit {}") },
    ["base.proto", "door.proto", "user.proto"],
  ],
];

const test = suite("emit/emission-memory");

test("only what a change reaches is emitted anew, and all is as without a memory", () => {
  const memory = new EmissionMemory();
  let files = first;
  assert.equal(round(files, memory).anew, Object.keys(first));
  for (const [what, change, anew] of steps) {
    files = { ...files, ...change };
    const actual = round(files, memory);
    assert.equal(actual.anew, anew, what);
    assert.equal(actual.modules, round(files, undefined).modules, what);
  }
});

test("a file whose service carries what another file extends is emitted anew with that", () => {
  const memory = new EmissionMemory();
  const extended: Files = {
    "base.proto": 'syntax = "proto2"; package base; message Base { extensions 5; } service Bases { rpc Do(Base) returns (Base); }',
    "more.proto": 'syntax = "proto2"; package more; import "base.proto"; extend base.Base { optional int32 x = 5; }',
  };
  round(extended, memory);
  const widened = { ...extended, "more.proto": extended["more.proto"]!.replace("int32", "int64") };
  const { modules, anew } = round(widened, memory);
  assert.equal(anew, ["base.proto", "more.proto"]);
  assert.equal(modules, round(widened, undefined).modules);
});

test("other options, another file or another template make all anew", () => {
  const memory = new EmissionMemory();
  const all = Object.keys(first);
  round(first, memory);
  assert.equal(round(first, memory, { json: false }).anew, all);
  assert.equal(round(first, memory, { json: false, templates: { enum: "// {{name}}\n" } }).anew, all);
  assert.equal(round(first, memory).anew, all);
  assert.equal(round({ ...first, "alone.json.proto": p3("") }, memory).anew.length, all.length + 1);
  const fewer = { ...first, "alone.proto": p3("") };
  assert.equal(round(fewer, memory).modules, round(fewer, undefined).modules);
});

test.run();
