import { readFileSync } from "node:fs";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { loadConfig, readConfig } from "../../../codegen/cli/config.ts";
import { UsageError } from "../../../codegen/cli/terminal.ts";
import { defaultBreakingSettings } from "../../../codegen/evolve/settings.ts";
import { defaultLintSettings } from "../../../codegen/lint/settings.ts";
import { withFolder } from "./support.ts";

const file = path.resolve("/project/zgen.json");
const at = (...names: string[]): string => path.resolve("/project", ...names);

const refuses = (json: unknown, message: string): void => {
  assert.throws(
    () => readConfig(file, json),
    (error: unknown) => error instanceof UsageError && error.message === `${file}: ${message}`,
  );
};

const test = suite("cli/config");

test("an empty file means the defaults", () => {
  assert.equal(readConfig(file, {}), {
    file,
    roots: [{ folder: at("schemas"), include: ["**/*.proto"], exclude: [] }],
    out: at("generated"),
    emit: "ts",
    importExtension: ".ts",
    json: false,
    templates: undefined,
    lint: defaultLintSettings,
    breaking: defaultBreakingSettings,
    releases: { keep: undefined, changelog: at("zgen.changelog.md") },
    stubs: undefined,
    package: undefined,
  });
});

test("paths are relative to the file", () => {
  const config = readConfig(file, {
    schemas: ["a", { root: "b", include: ["x/*.proto"], exclude: ["**/old.proto"] }],
    out: "../out",
    templates: "t",
  });
  assert.equal(config.roots, [
    { folder: at("a"), include: ["**/*.proto"], exclude: [] },
    { folder: at("b"), include: ["x/*.proto"], exclude: ["**/old.proto"] },
  ]);
  assert.is(config.out, at("../out"));
  assert.is(config.templates, at("t"));
});

test("what is wrong is named with its place", () => {
  refuses([], "the file must be an object");
  refuses(
    { outt: "x" },
    "unknown key outt (known: $schema, schemas, out, emit, importExtension, json, templates, lint, breaking, releases, stubs, package)",
  );
  refuses({ out: 1 }, "out must be a string");
  refuses({ json: "yes" }, "json must be true or false");
  refuses({ schemas: "schemas" }, "schemas must be a list");
  refuses({ schemas: [1] }, "schemas[0] must be an object");
  refuses({ schemas: ["a", { folder: "b" }] }, "unknown key schemas[1].folder (known: root, include, exclude)");
  refuses({ schemas: [{ include: [] }] }, "schemas[0] has no root");
  refuses({ schemas: [{ root: "a", include: ["x", 1] }] }, "schemas[0].include must be a list of strings");
  refuses({ emit: "mjs" }, 'emit must be "ts" or "js"');
  refuses({ emit: "js", importExtension: "" }, 'importExtension is ".js" where emit is "js"');
  refuses({ importExtension: ".mjs" }, 'importExtension must be ".ts", ".js" or "", not ".mjs"');
});

test("the file is found in a folder above", () =>
  withFolder({ "zgen.json": '{ "out": "made" }', "a/b/x": "" }, (folder) => {
    assert.is(loadConfig(path.join(folder, "a/b")).out, path.join(folder, "made"));
  }));

test("text that is not JSON is refused with the file's name and the place", () =>
  withFolder({ "zgen.json": '{\n  "out": "a",\n}' }, (folder) => {
    assert.throws(() => loadConfig(folder), /zgen\.json:3:1: .*JSON/);
  }));

test("docs/SCHEMA.md names every key", () => {
  const page = readFileSync(new URL("../../../docs/SCHEMA.md", import.meta.url), "utf8");
  const named = [...page.slice(page.indexOf("## Configuration")).matchAll(/^\| `(\w+)` \|/gm)].map(([, key]) => key);
  const schema = JSON.parse(readFileSync(new URL("../../../codegen/zgen.schema.json", import.meta.url), "utf8"));
  assert.equal(["$schema", ...named], Object.keys(schema.properties));
});

test("the published JSON Schema knows the keys that zgen knows, and no others", () => {
  const schema = JSON.parse(readFileSync(new URL("../../../codegen/zgen.schema.json", import.meta.url), "utf8"));
  const root = schema.properties.schemas.items.anyOf[1];
  const known = (keys: object, wrap: (json: unknown) => unknown): void => {
    const message = (error: unknown): boolean => {
      const listed = /\(known: (.*)\)/.exec((error as Error).message)?.[1]?.split(", ");
      assert.equal(listed, Object.keys(keys));
      return true;
    };
    assert.throws(() => readConfig(file, wrap({ no: 1 })), message);
  };
  known(schema.properties, (json) => json);
  known(schema.properties.lint.properties, (json) => ({ lint: json }));
  known(schema.properties.breaking.properties, (json) => ({ breaking: json }));
  known(schema.properties.breaking.properties.except.items.properties, (json) => ({ breaking: { except: [json] } }));
  known(schema.properties.stubs.properties, (json) => ({ stubs: json }));
  known(schema.properties.package.properties, (json) => ({ package: json }));
  known(root.properties, (json) => ({ schemas: [json] }));
});

test.run();
