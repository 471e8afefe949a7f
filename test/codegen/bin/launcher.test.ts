import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { version } from "../../../codegen/cli/version.ts";
import { repository } from "../../support/architecture/imports.ts";

/** A checkout in which nothing was built yet. */
const checkout = mkdtempSync(path.join(tmpdir(), "zgen-checkout-"));
const built = path.join(checkout, "codegen/dist/cli.js");
const modules = path.join(checkout, "node_modules");

const zgen = (...args: string[]): { code: number | null; out: string; err: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(checkout, "codegen/bin/zgen.mjs"), ...args], {
    encoding: "utf8",
  });
  return { code: status, out: stdout.trim(), err: stderr.trim() };
};

const touch = (file: string, time: Date): void => utimesSync(path.join(checkout, file), time, time);

const test = suite("bin/launcher");

test.before(() => {
  const wanted = (source: string): boolean => !/[/\\](?:dist|node_modules)$/.test(source);
  mkdirSync(checkout, { recursive: true });
  for (const folder of ["codegen", "runtime", "generated", "schemas", "scripts", "templates"]) {
    cpSync(path.join(repository, folder), path.join(checkout, folder), { recursive: true, filter: wanted });
  }
  for (const file of ["package.json", "tsconfig.json"]) cpSync(path.join(repository, file), path.join(checkout, file));
});
test.after(() => rmSync(checkout, { recursive: true, force: true }));

test("without what it is built with, it says which command to run", () => {
  const { code, out, err } = zgen("--version");
  assert.is(code, 1);
  assert.is(out, "");
  assert.match(err, "zgen has to be built first: run `npm ci` in ");
});

test("the first start builds, the second finds it built", () => {
  symlinkSync(path.join(repository, "node_modules"), modules);
  assert.equal(zgen("--version"), { code: 0, out: version(), err: "" });
  const builtAt = statSync(built).mtimeMs;
  assert.is(zgen("--version").code, 0);
  assert.is(statSync(built).mtimeMs, builtAt);
});

test("a source that is newer than what was built makes it build again", () => {
  const past = new Date(Date.now() - 60_000);
  for (const source of ["codegen/read/read.ts", "runtime/keys.ts", "templates/file.hbs", "schemas/zserver/options.proto"]) {
    utimesSync(built, past, past);
    touch(source, new Date());
    assert.is(zgen("--version").code, 0);
    assert.ok(statSync(built).mtimeMs > past.getTime(), source);
    touch(source, past);
  }
});

test("a project that it makes in a checkout finds the runtime built", () => {
  const project = path.join(checkout, "demo");
  assert.is(zgen("init", project).code, 0);
  const { exports } = JSON.parse(readFileSync(path.join(checkout, "runtime/package.json"), "utf8"));
  const entries = Object.values(exports as Readonly<Record<string, string | Readonly<Record<string, unknown>>>>);
  const files = entries.flatMap(filesOf).filter((file) => file.startsWith("./dist/"));
  assert.ok(files.length > 0);
  for (const file of files) assert.ok(existsSync(path.join(checkout, "runtime", file)), file);
});

/** The files that an entry of `exports` leads to, under whatever condition. */
function filesOf(entry: unknown): string[] {
  return typeof entry === "string" ? [entry] : Object.values(entry as object).flatMap(filesOf);
}

test.run();
