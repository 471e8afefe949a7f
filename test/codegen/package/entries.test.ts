import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Schema } from "../../../codegen/model/schema.ts";
import { modelOf } from "../emit/kitchen.ts";
import { readTexts } from "../read/read-text.ts";
import { makeLibrary } from "./make-library.ts";

const proto = (packageName: string, ...messages: string[]): string =>
  `syntax = "proto3"; package ${packageName}; ${messages.map((name) => `message ${name} {}`).join(" ")}`;

/** What a library exports: for each subpath the modules that it exports again. */
function exportsOf(library: ReadonlyMap<string, string>): Record<string, string[]> {
  const { exports } = JSON.parse(library.get("package.json")!) as { exports: Record<string, { types: string; default: string }> };
  const entries = Object.entries(exports).filter(([subpath]) => subpath !== "./package.json");
  return Object.fromEntries(
    entries.map(([subpath, { types, default: code }]) => {
      const text = library.get(code.slice(2))!;
      assert.is(library.get(types.slice(2)), text);
      return [subpath, [...text.matchAll(/from "\.{1,2}\/lib\/(.*)\.js"/g)].map(([, module]) => module!)];
    }),
  );
}

const test = suite("package/entries");

test("the main entry has every package of the project, and each package an entry of its own", () => {
  const library = makeLibrary(
    modelOf({ "a/one.proto": proto("a.v1", "A"), "a/two.proto": proto("a.v1", "B"), "b.proto": proto("b", "C") }),
  );
  assert.equal(exportsOf(library), { ".": ["a/one", "a/two", "b"], "./a/v1": ["a/one", "a/two"], "./b": ["b"] });
});

test("modules of JSON have entries of their own below the others", () => {
  const library = makeLibrary(modelOf({ "a.proto": proto("a.v1", "A"), "empty.proto": proto("b") }), { json: true });
  assert.equal(exportsOf(library), { ".": ["a"], "./json": ["a.json"], "./a/v1": ["a"], "./a/v1/json": ["a.json"] });
});

test("what is only imported has an entry of its own, and is not in the main one", () => {
  const { schema } = readTexts({
    "a.proto": 'syntax = "proto3"; package a; import "far.proto"; message A { far.B b = 1; }',
    "far.proto": proto("far", "B"),
  });
  assert.equal(exportsOf(makeLibrary(schema!)), { ".": ["a"], "./a": ["a"], "./far": ["far"] });
});

test("files without a package are in the main entry alone", () => {
  const library = makeLibrary(modelOf({ "a.proto": 'syntax = "proto3"; message A {}', "b.proto": proto("b", "B") }), { root: ["b"] });
  assert.equal(exportsOf(library), { ".": ["a", "b"], "./b": ["b"] });
});

const versions: Schema = modelOf({ "v1.proto": proto("lobby.v1", "Room", "Old"), "v2.proto": proto("lobby.v2", "Room") });

test("two packages with the same name in them need a choice, and the error says which", () => {
  assert.throws(
    () => makeLibrary(versions),
    (error: Error) => {
      assert.is(error.name, "EntryError");
      assert.match(error.message, "lobby.v1 and lobby.v2 both have Room, and one entry cannot export two;");
      assert.match(error.message, '"package": { "root": ["lobby.v2"] }');
      return true;
    },
  );
  assert.equal(exportsOf(makeLibrary(versions, { root: ["lobby.v2"] })), { ".": ["v2"], "./lobby/v1": ["v1"], "./lobby/v2": ["v2"] });
});

test("a main entry without a name to export is refused", () => {
  assert.throws(() => makeLibrary(modelOf({ "a.proto": proto("a") })), "there is nothing in a that the main entry could export");
  const files = { "a.proto": proto("a"), "b.proto": proto("b", "B") };
  assert.throws(() => makeLibrary(modelOf(files), { root: ["a"] }), "there is nothing in a");
});

test("a package that does not exist cannot be chosen", () => {
  assert.throws(() => makeLibrary(versions, { root: ["lobby.v3"] }), "there is no package lobby.v3; there are lobby.v1, lobby.v2");
});

test("names that are derived alike in two files of a package clash", () => {
  const files = { "a.proto": proto("a", "Room"), "b.proto": proto("a", "RoomInit") };
  assert.throws(() => makeLibrary(modelOf(files)), "a.proto and b.proto both export RoomInit; give one of them another name");
});

test("a package named as the JSON of another is refused", () => {
  const files = { "a.proto": proto("a", "Room"), "b.proto": proto("a.json", "Table") };
  assert.throws(() => makeLibrary(modelOf(files), { json: true }), /would both be \.\/a\/json/);
});

test.run();
