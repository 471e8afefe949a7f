import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { schemaRoot } from "../../../codegen/read/include.ts";
import { readSchema } from "../../../codegen/read/read.ts";

const test = suite("read/include");

test("the folder to include has zserver's options, and not protobuf's own files, which protoc brings", () => {
  assert.ok(existsSync(join(schemaRoot(), "zserver", "options.proto")));
  assert.not(existsSync(join(schemaRoot(), "google")));
});

test("every built-in file can be read by its name alone, with no folder named", () => {
  const names = readdirSync(join(schemaRoot(), "builtin"), { recursive: true, encoding: "utf8" }).map((name) => name.replaceAll("\\", "/"));
  const files = [...names.filter((name) => name.endsWith(".proto")), "zserver/options.proto"];
  assert.ok(files.includes("google/protobuf/timestamp.proto"));
  assert.is(readSchema({ files, roots: [] }).schema?.files.length, files.length);
});

test("a user's own file comes before a built-in one of its name", () => {
  const text = 'syntax = "proto3"; package own; message Mine {}';
  const { schema } = readSchema({
    files: ["google/protobuf/any.proto"],
    roots: ["own"],
    readFile: (path) => (path.includes("any.proto") ? text : undefined),
  });
  assert.is(schema!.files[0]!.package, "own");
});

test.run();
