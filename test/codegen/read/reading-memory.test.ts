import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type ReadResult, readSchema } from "../../../codegen/read/read.ts";
import { ReadingMemory } from "../../../codegen/read/reading-memory.ts";

type Files = Readonly<Record<string, string>>;

const read = (files: Files, memory?: ReadingMemory, names: readonly string[] = Object.keys(files)): ReadResult =>
  readSchema({ files: names, roots: ["memory"], readFile: (path) => files[path.replace(/^memory[\\/]/, "")], memory });

const p3 = (body: string): string => `syntax = "proto3";\n${body}`;
const p2 = (body: string): string => `syntax = "proto2";\n${body}`;

const first: Files = {
  "alone.proto": p3("package alone; message Alone { int32 a = 1; }"),
  "base.proto": p2("package base; enum Kind { NONE = 0; } message Base { optional int32 a = 1; extensions 100 to 200; }"),
  "door.proto": p3('package door; import public "base.proto"; message Door { base.Base b = 1; }'),
  "more.proto": p2('package more; import "base.proto"; extend base.Base { optional int32 x = 100; }'),
  "user.proto": p3('package user; import "door.proto"; message User { base.Base b = 1; repeated door.Door d = 2; }'),
};

/** Changes, one after the other, and the files that are not read again; undefined where something is wrong. */
const steps: readonly (readonly [
  what: string,
  change: Readonly<Record<string, string | undefined>>,
  kept: readonly string[] | undefined,
])[] = [
  ["nothing", {}, Object.keys(first)],
  [
    "a file that nobody imports",
    { "alone.proto": p3("package alone; message Alone { string a = 1; }") },
    ["base.proto", "door.proto", "more.proto", "user.proto"],
  ],
  ["a type is gone that others use", { "door.proto": p3('package door; import public "base.proto"; message Gate {}') }, undefined],
  ["and comes back", { "door.proto": first["door.proto"] }, Object.keys(first)],
  ["what all others import", { "base.proto": `${first["base.proto"]} message New {}` }, ["alone.proto"]],
  ["a name that a known file has", { "alone.proto": p3("package door; message Door {}") }, undefined],
  ["a file does not parse", { "alone.proto": p3("package alone; message {") }, undefined],
  [
    "the number of a known file's extension",
    { "alone.proto": p2('package alone; import "base.proto"; extend base.Base { optional int32 y = 100; }') },
    undefined,
  ],
  [
    "another number",
    { "alone.proto": p2('package alone; import "base.proto"; extend base.Base { optional int32 y = 101; }') },
    ["base.proto", "door.proto", "more.proto", "user.proto"],
  ],
  ["a file is gone that others import", { "door.proto": undefined }, undefined],
  [
    "it is back, and another one gone",
    { "door.proto": first["door.proto"], "alone.proto": undefined },
    ["base.proto", "door.proto", "more.proto", "user.proto"],
  ],
  [
    "a new file",
    { "new.proto": p3('import "user.proto"; message New { user.User u = 1; }') },
    ["base.proto", "door.proto", "more.proto", "user.proto"],
  ],
];

const test = suite("read/reading-memory");

test("what a change does not reach is not read again, and the result is as without a memory", () => {
  const memory = new ReadingMemory();
  let files = first;
  let before = read(files, memory).schema!;
  for (const [what, change, kept] of steps) {
    const all: Record<string, string | undefined> = { ...files, ...change };
    files = Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
    const result = read(files, memory);
    assert.equal(result, read(files), what);
    assert.is(result.schema === undefined, kept === undefined, what);
    if (result.schema === undefined) continue;
    const same = result.schema.files.filter((file) => before.files.includes(file)).map(({ name }) => name);
    assert.equal(same, kept, what);
    before = result.schema;
  }
});

test("a file that others only imported and that is asked for now is the same but for that", () => {
  const memory = new ReadingMemory();
  read(first, memory, ["user.proto"]);
  assert.equal(read(first, memory, ["user.proto", "base.proto"]), read(first, undefined, ["user.proto", "base.proto"]));
});

test("a secret that comes into any file is found by way of files that did not change", () => {
  const memory = new ReadingMemory();
  const options = 'import "zserver/options.proto";';
  const files = {
    "base.proto": p2(`package base; ${options} message Base { optional string a = 1; extensions 100 to 200; }`),
    "shop.proto": p3(
      `package shop; ${options} import "base.proto"; message Ask { base.Base b = 1; } service Shop { rpc Buy(Ask) returns (Ask) { option (zserver.command).compression = DEFLATE; } }`,
    ),
  };
  assert.ok(read(files, memory).schema);
  const more = `package more; ${options} import "base.proto"; extend base.Base { optional string x = 100 [(zserver.field).secret = true]; }`;
  const result = read({ ...files, "more.proto": p2(more) }, memory);
  assert.equal(
    result.diagnostics?.map(({ rule, position }) => [rule, position.file]),
    [["COMPRESSED_SECRET", "shop.proto"]],
  );
});

test("all is read again when what describes options has changed", () => {
  const memory = new ReadingMemory();
  const options = p2(`package google.protobuf; message FileOptions { optional bool swift = 1; extensions 1000 to max; }
    message MessageOptions {} message FieldOptions {} message OneofOptions {} message EnumOptions {} message EnumValueOptions {}
    message ServiceOptions {} message MethodOptions {} message ExtensionRangeOptions {}`);
  const file = { "a.proto": p3("option swift = true; message A {}") };
  const own = { ...file, "google/protobuf/descriptor.proto": options };
  const names = ["a.proto"];
  assert.ok(read(own, memory, names).schema);
  const other = { ...own, "google/protobuf/descriptor.proto": options.replace("swift", "slow") };
  assert.equal(read(other, memory, names), read(other, undefined, names));
  assert.is(read(other, memory, names).schema, undefined);
});

test.run();
