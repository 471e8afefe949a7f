import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { withFolder, zgen } from "./support.ts";

const project = {
  "zgen.json": '{ "package": { "name": "@acme/lobby", "licenseFile": "LICENSE", "keywords": ["lobby"] } }',
  LICENSE: "Do what you like.\n",
  "schemas/lobby/v1/lobby.proto":
    'syntax = "proto3";\npackage lobby.v1;\nservice Lobby {\n  rpc Join(Room) returns (Room);\n}\nmessage Room {}\n',
};

const made = (folder: string, name: string): string => readFileSync(path.join(folder, name), "utf8");

const test = suite("cli/package");

test("the library lies beside zgen.json, or where --out says", () =>
  withFolder(project, async (folder) => {
    const { code, out, err } = await zgen(folder, "package", "--snapshot");
    assert.equal([code, err], [0, ""]);
    assert.match(out, /^package: 14 files written; next: npm publish package$/);
    const { version, keywords, zgen: mark } = JSON.parse(made(folder, "package/package.json"));
    assert.equal([version, keywords], [`1.0.0-snapshot.${mark.schema}`, ["lobby"]]);
    assert.match(mark.schema, /^[0-9a-f]{32}$/);
    assert.is(made(folder, "package/LICENSE"), project.LICENSE);
    assert.is(made(folder, "package/schemas/lobby/v1/lobby.proto"), project["schemas/lobby/v1/lobby.proto"]);
    assert.match((await zgen(path.join(folder, "schemas"), "package", "--snapshot")).out, "../package: 14 files up to date");
    assert.is((await zgen(folder, "package", "--snapshot", "--out", "dist/client")).code, 0);
    assert.is(made(folder, "dist/client/package.json"), made(folder, "package/package.json"));
  }));

test("a second run takes away what is no more, and nothing that it did not make", () =>
  withFolder({ ...project, "schemas/old/old.proto": 'syntax = "proto3";\npackage old;\nmessage Old {}\n' }, async (folder) => {
    await zgen(folder, "package", "--snapshot");
    assert.ok(existsSync(path.join(folder, "package/lib/old/old.js")));
    writeFileSync(path.join(folder, "package/notes.txt"), "mine");
    writeFileSync(path.join(folder, "schemas/old/old.proto"), 'syntax = "proto3";\npackage old;\n');
    assert.match((await zgen(folder, "package", "--snapshot")).out, /2 removed/);
    assert.not(existsSync(path.join(folder, "package/packages/old.js")));
    assert.is(made(folder, "package/notes.txt"), "mine");
  }));

test("a folder with something else in it is left alone", () =>
  withFolder({ ...project, "package/package.json": '{ "name": "mine" }' }, async (folder) => {
    const { code, err } = await zgen(folder, "package", "--snapshot");
    assert.is(code, 1);
    assert.match(err, "package is not empty, and zgen package did not make it; choose another with --out");
    assert.is((await zgen(folder, "package", "--snapshot", "--out", ".")).code, 1);
  }));

const more = project["schemas/lobby/v1/lobby.proto"].replace("Room {}", "Room {\n  string name = 1;\n}");

test("a library is of a release; what is none is packaged only as a snapshot of the next one", () =>
  withFolder(project, async (folder) => {
    const unreleased = await zgen(folder, "package");
    assert.is(unreleased.code, 1);
    assert.match(unreleased.err, "the schemas were never released; `zgen release` releases them, --snapshot packages them as they are");
    assert.not(existsSync(path.join(folder, "package")));
    const manifest = (): { version: string; zgen: { schema: string } } => JSON.parse(made(folder, "package/package.json"));
    await zgen(folder, "release");
    assert.is((await zgen(folder, "package")).code, 0);
    assert.is(manifest().version, "1.0.0");
    assert.is(made(folder, "package/CHANGELOG.md"), made(folder, "zgen.changelog.md"));
    writeFileSync(path.join(folder, "schemas/lobby/v1/lobby.proto"), more);
    assert.match((await zgen(folder, "package")).err, "the schemas are not 1.0.0 any more, they deserve 1.1.0; `zgen release`");
    assert.is(manifest().version, "1.0.0");
    assert.is((await zgen(folder, "package", "--snapshot")).code, 0);
    assert.is(manifest().version, `1.1.0-snapshot.${manifest().zgen.schema}`);
    assert.match(made(folder, "package/CHANGELOG.md"), /^## 1\.1\.0-snapshot\.[0-9a-f]{32}\n\n### Added\n[\s\S]*^## 1\.0\.0\n/m);
    await zgen(folder, "release");
    assert.is((await zgen(folder, "package", "--snapshot")).code, 0);
    assert.is(manifest().version, "1.1.0");
  }));

test("a project without `package`, a name that npm would not take, and a licence that is not there, are told", () =>
  withFolder({ ...project, "zgen.json": "{}" }, async (folder) => {
    assert.match((await zgen(folder, "package")).err, 'has no package; add "package": { "name": "@acme/lobby-client" }');
    const problems = {
      '{ "name": "Lobby" }': /package\.name must be a name on npm/,
      '{ "name": "lobby", "root": [] }': /package\.root must be a list of one or more proto packages/,
      '{ "name": "lobby", "root": ["lobby.v2"] }': /there is no package lobby\.v2; there are lobby\.v1/,
      '{ "name": "lobby", "licenseFile": "LICENCE" }': /package\.licenseFile: ENOENT/,
      '{ "name": "lobby", "version": "1.0.0" }': /unknown key package\.version/,
    };
    for (const [settings, problem] of Object.entries(problems)) {
      writeFileSync(path.join(folder, "zgen.json"), `{ "package": ${settings} }`);
      const { code, err } = await zgen(folder, "package", "--snapshot");
      assert.is(code, 1);
      assert.match(err, problem);
    }
  }));

test("a schema with mistakes makes no library", () =>
  withFolder({ ...project, "schemas/lobby/v1/lobby.proto": "syntax = 3;" }, async (folder) => {
    const { code, err } = await zgen(folder, "package", "--snapshot");
    assert.is(code, 1);
    assert.match(err, /\[SYNTAX\]/);
    assert.not(existsSync(path.join(folder, "package")));
  }));

test("a template readme.hbs of the project's own makes the README", () =>
  withFolder(
    {
      ...project,
      "zgen.json": '{ "templates": "t", "package": { "name": "lobby" } }',
      "t/readme.hbs": "{{name}}: {{#each called}}{{#each commands}}{{signature}}{{/each}}{{/each}}",
    },
    async (folder) => {
      await zgen(folder, "package", "--snapshot");
      assert.is(made(folder, "package/README.md"), "lobby: join(request: RoomInit): Promise<Room>\n");
      assert.is((await zgen(folder, "generate")).code, 0);
    },
  ));

test.run();
