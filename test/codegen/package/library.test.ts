import { readFileSync } from "node:fs";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { repository } from "../../support/architecture/imports.ts";
import { modelOf } from "../emit/kitchen.ts";
import { makeLibrary } from "./make-library.ts";

const schema = modelOf({ "a.proto": 'syntax = "proto3"; package a; message A {}' });

const details = {
  name: "@acme/a",
  version: "1.2.3",
  description: "A.",
  manifest: { repository: "acme/a", license: "MIT", author: "Ada" },
  runtime: "0.1.0",
  fingerprint: "ab",
};

const test = suite("package/library");

test("package.json says what npm, bundlers and TypeScript ask", () => {
  const manifest = JSON.parse(makeLibrary(schema, { details }).get("package.json")!);
  assert.equal(Object.keys(manifest).slice(0, 6), ["name", "version", "description", "license", "author", "repository"]);
  const { name, version, license, type, sideEffects, peerDependencies, dependencies, engines } = manifest;
  assert.equal([name, version, license, type, sideEffects], ["@acme/a", "1.2.3", "MIT", "module", false]);
  assert.equal([peerDependencies, dependencies], [{ zserver: "^0.1.0" }, undefined]);
  const runtime = JSON.parse(readFileSync(path.join(repository, "runtime/package.json"), "utf8"));
  assert.equal(engines, runtime.engines);
});

test("what has no licence is given to nobody", () => {
  assert.is(JSON.parse(makeLibrary(schema).get("package.json")!).license, "UNLICENSED");
});

test("it holds the schemas as they were read, without protobuf's own", () => {
  const texts = new Map([
    ["a.proto", "the text"],
    ["zserver/options.proto", "options"],
    ["google/protobuf/descriptor.proto", ""],
  ]);
  const library = makeLibrary(schema, { texts, changelog: "# Changelog\n", licenseText: "Do.\n" });
  assert.equal(
    [...library.keys()],
    [
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "REFERENCE.md",
      "index.d.ts",
      "index.js",
      "lib/a.d.ts",
      "lib/a.js",
      "package.json",
      "packages/a.d.ts",
      "packages/a.js",
      "schemas/a.proto",
      "schemas/zserver/options.proto",
    ],
  );
  assert.is(library.get("schemas/a.proto"), "the text");
  assert.match(library.get("README.md")!, "[CHANGELOG.md](CHANGELOG.md) what changed from release to release;");
});

test.run();
