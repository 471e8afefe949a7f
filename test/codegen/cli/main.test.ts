import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { zgen } from "./support.ts";

const test = suite("cli/main");

test("without a command it says what there is, and fails", async () => {
  const { code, err } = await zgen(".");
  assert.is(code, 1);
  for (const name of ["init", "generate", "keygen", "include", "--version"]) assert.match(err, name);
});

test("--help of the whole and of each command succeeds", async () => {
  assert.match((await zgen(".", "--help")).out, "Usage: zgen COMMAND");
  for (const name of ["init", "generate", "keygen", "include"]) {
    const { code, out } = await zgen(".", name, "--help");
    assert.is(code, 0);
    assert.match(out, `Usage: zgen ${name}`);
  }
});

test("help of a command is its --help", async () => {
  assert.equal(await zgen(".", "help", "keygen"), await zgen(".", "keygen", "--help"));
  assert.match((await zgen(".", "help", "keygem")).err, "unknown command keygem");
});

test("--help lists each option with its value", async () => {
  const { out } = await zgen(".", "keygen", "--help");
  assert.match(out, /--out FILE {2,}where the identity goes/);
  assert.match(out, /--force {2,}replace/);
});

test("an unknown command and an unknown option fail by name", async () => {
  assert.equal(await zgen(".", "generat"), {
    code: 1,
    out: "",
    err: "zgen: unknown command generat (init, generate, call, cp, stubs, docs, package, lint, breaking, version, changelog, release, keygen, include)",
  });
  assert.equal(await zgen(".", "toString"), {
    code: 1,
    out: "",
    err: "zgen: unknown command toString (init, generate, call, cp, stubs, docs, package, lint, breaking, version, changelog, release, keygen, include)",
  });
  const usage = "Usage: zgen include; --help says more";
  assert.equal(await zgen(".", "include", "--all"), { code: 1, out: "", err: `zgen include: unknown option --all\n${usage}` });
  assert.match((await zgen(".", "init")).err, "zgen init: DIR is missing\nUsage: zgen init DIR; --help says more");
});

test("--version is the package's", async () => {
  const manifest = JSON.parse(readFileSync(new URL("../../../codegen/package.json", import.meta.url), "utf8"));
  assert.equal(await zgen(".", "--version"), { code: 0, out: manifest.version, err: "" });
});

test("include prints a folder that holds zserver/options.proto", async () => {
  const { out } = await zgen(".", "include");
  assert.ok(existsSync(path.join(out, "zserver/options.proto")));
});

test.run();
