import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { packageReference } from "../../../codegen/cli/installed-from.ts";
import { version } from "../../../codegen/cli/version.ts";
import { formatServerKey, loadIdentity, serverKeyOf } from "../../../runtime/keys.ts";
import { repository } from "../../support/architecture/imports.ts";
import { withFolder, zgen } from "./support.ts";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));

/** A project whose npm installed zgen as `entry` says; calls `use` as if its zgen had been started. */
const installedAs = (entry: object, use: (project: string) => void): Promise<void> => {
  const lock = JSON.stringify({ packages: { "node_modules/zgen": entry } });
  return withFolder({ "node_modules/.package-lock.json": lock, "node_modules/zgen/bin/zgen.mjs": "" }, (project) => use(project));
};

const started = (project: string): string => path.join(project, "node_modules/zgen/bin/zgen.mjs");

const test = suite("cli/init");

test("makes a project with an identity that only its owner reads, and its public key", () =>
  withFolder({}, async (folder) => {
    const { code, out } = await zgen(folder, "init", "My Demo");
    assert.is(code, 0);
    assert.match(out, "npm install\n  npm start");
    const project = path.join(folder, "My Demo");
    const identity = path.join(project, "server.identity");
    assert.is(statSync(identity).mode & 0o777, 0o600);
    assert.match(readFileSync(path.join(project, "server-key.ts"), "utf8"), formatServerKey(serverKeyOf(loadIdentity(identity))));
    assert.match(readFileSync(path.join(project, ".gitignore"), "utf8"), "*.identity");
    assert.not(existsSync(path.join(project, "gitignore")));
    assert.is(manifestOf(project).name, "my-demo");
  }));

test("every version in it is exact, and the one that this repository uses", () => {
  const starter = manifestOf(path.join(repository, "codegen/starter"));
  const ours = manifestOf(repository).devDependencies;
  for (const [name, wanted] of Object.entries({ ...starter.dependencies, ...starter.devDependencies })) {
    const expected = name === "zgen" || name === "zserver" ? version() : ours[name];
    assert.is(wanted, expected, name);
  }
});

test("both packages have one version", () => {
  assert.is(manifestOf(path.join(repository, "runtime")).version, manifestOf(path.join(repository, "codegen")).version);
});

test("a folder with something in it is left alone", () =>
  withFolder({ "demo/mine.txt": "" }, async (folder) => {
    const { code, err } = await zgen(folder, "init", "demo");
    assert.is(code, 1);
    assert.match(err, /demo is not empty/);
    assert.equal(readdirSync(path.join(folder, "demo")), ["mine.txt"]);
  }));

test("a zgen from a packed file asks for that file", () =>
  installedAs({ resolved: "file:../packed/zgen-0.1.0.tgz" }, (project) => {
    assert.is(packageReference("zgen", path.join(project, "demo"), started(project)), "file:../../packed/zgen-0.1.0.tgz");
    assert.is(packageReference("zserver", path.join(project, "demo"), started(project)), version());
  }));

test("a zgen from a workspace asks for its folder, also when it is started by its link", () =>
  installedAs({ resolved: "codegen", link: true }, (project) => {
    assert.is(packageReference("zgen", path.join(project, "demo"), started(project)), "file:../codegen");
    mkdirSync(path.join(project, "node_modules/.bin"));
    symlinkSync("../zgen/bin/zgen.mjs", path.join(project, "node_modules/.bin/zgen"));
    assert.is(packageReference("zgen", path.join(project, "demo"), path.join(project, "node_modules/.bin/zgen")), "file:../codegen");
  }));

test("a zgen from the registry, or from another package manager, asks for its own version", async () => {
  await installedAs({ resolved: "https://registry.example/zgen/-/zgen-0.1.0.tgz" }, (project) => {
    assert.is(packageReference("zgen", project, started(project)), version());
    writeFileSync(path.join(project, "node_modules/.package-lock.json"), "not JSON");
    assert.is(packageReference("zgen", project, started(project)), version());
  });
  assert.is(packageReference("zgen", "/", fileURLToPath(import.meta.url)), version());
});

test.run();
