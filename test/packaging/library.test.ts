import { build, transformSync } from "esbuild";
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createIdentity, implement, serve } from "zserver";
import { zgen } from "../codegen/cli/support.ts";
import { Lobby, Player } from "../../generated/example/lobby/v1/lobby.ts";
import { repository } from "../support/architecture/imports.ts";
import { note } from "../support/report.ts";
import { checkPackedPackage } from "./check-package.ts";
import { run, succeed } from "./programs.ts";

export const testTimeoutMs = 300_000;
/** It packs zserver, as the other file here does. */
export const testRunsAlone = true;

const NAME = "@acme/lobby-client";

const folder = mkdtempSync(path.join(tmpdir(), "zgen-library-"));
const project = path.join(folder, "project");
const library = path.join(project, "package");
const consumer = path.join(folder, "consumer");

const config = {
  json: true,
  package: {
    name: NAME,
    license: "MIT",
    licenseFile: "LICENSE",
    repository: { type: "git", url: "git+https://github.com/acme/lobby.git" },
  },
};

/** Makes the library of a project with the example's schema. */
async function makeLibrary(at: string): Promise<string> {
  mkdirSync(path.join(at, "schemas/example"), { recursive: true });
  cpSync(path.join(repository, "schemas/example/lobby"), path.join(at, "schemas/example/lobby"), { recursive: true });
  writeFileSync(path.join(at, "zgen.json"), JSON.stringify(config));
  writeFileSync(path.join(at, "LICENSE"), "Do what you like.\n");
  assert.is((await zgen(at, "release")).code, 0);
  const { code, out, err } = await zgen(at, "package");
  assert.is(code, 0, err);
  return out;
}

/** Every file below a folder, with its text. */
function contents(at: string): ReadonlyMap<string, string> {
  const names = readdirSync(at, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = names.map((entry) => path.relative(at, path.join(entry.parentPath, entry.name))).sort();
  return new Map(files.map((name) => [name, readFileSync(path.join(at, name), "utf8")]));
}

/** Packs a folder, and gives the file's path. */
function pack(at: string, ...args: string[]): string {
  const [{ filename }] = JSON.parse(run(at, "npm", "pack", "--json", "--pack-destination", folder, ...args).stdout) as [
    { filename: string },
  ];
  return path.join(folder, filename);
}

/** The first program of the README. */
const example = (): string => /```ts\n([\s\S]*?)```/.exec(readFileSync(path.join(library, "README.md"), "utf8"))![1]!;

let tarball: string;

const test = suite("packaging/library");
test.before(async () => {
  mkdirSync(consumer);
  writeFileSync(path.join(consumer, "package.json"), '{ "private": true, "type": "module" }\n');
  await makeLibrary(project);
  tarball = pack(library);
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

test("made again from the same schema, elsewhere, it is the same bytes, packed too", async () => {
  const other = path.join(folder, "elsewhere/project");
  await makeLibrary(other);
  assert.equal(contents(path.join(other, "package")), contents(library));
  const first = readFileSync(tarball);
  assert.ok(first.equals(readFileSync(pack(path.join(other, "package")))));
  assert.match(await makeLibrary(project), /^package: \d+ files up to date$/);
  note(`the packed library of the example: ${contents(library).size} files, ${(first.length / 1024).toFixed(1)} KiB`);
});

test("publint and are-the-types-wrong find nothing, and the check can fail", async () => {
  assert.equal(await checkPackedPackage(tarball), []);
  const broken = path.join(folder, "broken");
  cpSync(library, broken, { recursive: true });
  const manifest = path.join(broken, "package.json");
  writeFileSync(
    manifest,
    readFileSync(manifest, "utf8")
      .replace('"default": "./json.js"', '"default": "./jsn.js"')
      .replace("index.d.ts", "index.d.mts")
      .replace("1.0.0", "2.0.0"),
  );
  assert.is.not((await checkPackedPackage(pack(broken))).length, 0);
});

test("it installs into an empty project beside the packed zserver, which stays the only copy", () => {
  const runtime = pack(repository, "--workspace", "runtime");
  const text = succeed(consumer, "npm", "install", "--prefer-offline", "--no-audit", "--no-fund", runtime, tarball);
  assert.not.match(text, /peer dep|ERESOLVE/i);
  const { stdout } = run(consumer, "npm", "ls", "--all", "--parseable");
  const require = 'console.log(require("@acme/lobby-client").Lobby.commands.join.method, typeof require("zserver").connect)';
  assert.match(succeed(consumer, process.execPath, "--input-type=commonjs", "--eval", require), "join function");
  assert.is(stdout.split("\n").filter((line) => line.endsWith("/zserver")).length, 1, stdout);
});

const entries = `import { type JoinRequest, Lobby } from "${NAME}";
import { Lobby as Same } from "${NAME}/example/lobby/v1";
import { joinRequestFromJson, joinRequestToJson } from "${NAME}/json";
import * as json from "${NAME}/example/lobby/v1/json";
const request: JoinRequest = joinRequestFromJson(joinRequestToJson({ room: "a" }));
export const all: [boolean, JoinRequest, string] = [Same === Lobby, request, json.joinRequestToJson.name];
`;

test("the first program of its README type-checks under strict and nothing else, as Node and as bundlers resolve modules", () => {
  writeFileSync(path.join(consumer, "first.ts"), example());
  writeFileSync(path.join(consumer, "entries.ts"), entries);
  writeFileSync(path.join(consumer, "wrong.ts"), example().replace("join({ room:", "join({ rom:"));
  const bundler = { module: "preserve", moduleResolution: "bundler" };
  for (const resolution of [{ module: "nodenext" }, bundler, { ...bundler, customConditions: ["browser"] }]) {
    const check = (file: string) => {
      const compilerOptions = { ...resolution, strict: true, noEmit: true, types: [] };
      writeFileSync(path.join(consumer, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [file] }));
      return run(consumer, process.execPath, path.join(repository, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.json");
    };
    for (const file of ["first.ts", "entries.ts"]) {
      const right = check(file);
      assert.is(right.code, 0, right.text);
    }
    assert.match(check("wrong.ts").text, /'rom' does not exist in type/);
  }
});

test("the same program calls a live server, and is called by it", async () => {
  const ready: boolean[] = [];
  const identity = createIdentity();
  const server = await serve({
    listen: ["ws://localhost:0"],
    identity,
    handlers: [
      implement(Lobby, {
        async join({ room, player }, { session }) {
          ready.push((await session.use(Player).ready({})).ready);
          session.use(Player).heard({ room, text: "hello" });
          return { players: ["Ada", player] };
        },
        say() {},
        match: () => ({}),
        history: () => [],
        import: () => ({}),
      }),
    ],
  });
  try {
    const local = example().replace("ws://localhost:7000", server.endpoints[0]!).replace("zsk_…", server.serverKey!);
    writeFileSync(path.join(consumer, "first.js"), transformSync(local, { loader: "ts" }).code);
    const child = spawn(process.execPath, ["first.js"], { cwd: consumer });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += String(chunk)));
    const code = await new Promise((resolve) => child.once("close", resolve));
    assert.is(code, 0, said);
    assert.match(said, "{ players: [ 'Ada', '…' ] }");
    assert.match(said, "text: 'hello'");
    assert.equal(ready, [true]);
  } finally {
    await server.close();
  }
});

/** What a bundler makes of a module for a page. */
async function bundle(source: string): Promise<{ readonly text: string; readonly inputs: readonly string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: consumer, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    absWorkingDir: consumer,
    write: false,
    metafile: true,
    logLevel: "error",
  });
  const inputs = Object.values(metafile.outputs).flatMap((output) =>
    Object.entries(output.inputs).flatMap(([name, { bytesInOutput }]) => (bytesInOutput > 0 ? [name] : [])),
  );
  return { text: outputFiles[0]!.text, inputs };
}

test("it bundles for a page, which carries what it uses and nothing else", async () => {
  const page = await bundle(example());
  assert.equal(
    page.inputs.filter((name) => /\/ws\/|json\.js$|^node:/.test(name)),
    [],
  );
  assert.match(page.text, "example.lobby.v1.Lobby/Join");
  assert.is((await bundle(`import "${NAME}";`)).text, "");
  const player = await bundle(`import { Player } from "${NAME}"; console.log(Player);`);
  assert.match(player.text, "example.lobby.v1.Player/Ready");
  assert.not.match(player.text, /Lobby\/|RoomFull/);
  const json = await bundle(`import { readyReplyToJson } from "${NAME}/json"; console.log(readyReplyToJson({ ready: true }));`);
  assert.match(json.text, "ready");
  assert.not.match(json.text, /Lobby\/|RoomFull/);
});

test.run();
