import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findSchemaFiles, globToRegExp } from "../../../codegen/cli/schema-files.ts";
import { withFolder } from "./support.ts";

const matches = (glob: string, name: string): boolean => globToRegExp(glob).test(name);

const test = suite("cli/schema-files");

test("globs match whole names, folder by folder", () => {
  assert.ok(matches("**/*.proto", "a.proto"));
  assert.ok(matches("**/*.proto", "a/b/c.proto"));
  assert.ok(matches("a/**/v?/*.proto", "a/v1/x.proto"));
  assert.ok(matches("a/**/v?/*.proto", "a/b/c/v2/x.proto"));
  assert.ok(matches("a/**", "a/b/c.proto"));
  assert.not(matches("*.proto", "a/b.proto"));
  assert.not(matches("a/*.proto", "b/a/x.proto"));
  assert.not(matches("a.proto", "a-proto"));
  assert.ok(matches("a(1)+[b].proto", "a(1)+[b].proto"));
});

test("every .proto file of every root, sorted, each name once", () =>
  withFolder({ "one/b.proto": "", "one/x/a.proto": "", "one/readme.md": "", "two/b.proto": "", "two/c.proto": "" }, (folder) => {
    const root = (name: string): { folder: string; include: string[]; exclude: string[] } => ({
      folder: path.join(folder, name),
      include: ["**/*.proto"],
      exclude: [],
    });
    assert.equal(findSchemaFiles([root("one"), root("two")]), ["b.proto", "c.proto", "x/a.proto"]);
    assert.equal(findSchemaFiles([{ ...root("one"), exclude: ["x/**"] }]), ["b.proto"]);
  }));

test("a missing folder and an empty one are errors", () =>
  withFolder({ "empty/x": "" }, (folder) => {
    const root = (name: string): { folder: string; include: string[]; exclude: string[] } => ({
      folder: path.join(folder, name),
      include: ["**"],
      exclude: [],
    });
    assert.throws(() => findSchemaFiles([root("none")]), /the schema folder .*none does not exist/);
    assert.throws(() => findSchemaFiles([root("empty")]), /no \.proto file in .*empty/);
  }));

test.run();
