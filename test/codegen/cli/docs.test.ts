import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { withFolder, zgen } from "./support.ts";

const project = {
  "zgen.json": '{ "templates": "templates" }',
  "schemas/lobby/v1/lobby.proto": 'syntax = "proto3";\npackage lobby.v1;\nmessage Room {}\n',
  "templates/empty": "",
};

const test = suite("cli/docs");

test("the page goes to standard output, or to a file", () =>
  withFolder(project, async (folder) => {
    const { code, out } = await zgen(folder, "docs");
    assert.is(code, 0);
    assert.match(out, /^# lobby\.v1\n/);
    assert.equal(await zgen(folder, "docs", "--out", "site/api.md"), { code: 0, out: "", err: "" });
    assert.is(readFileSync(path.join(folder, "site/api.md"), "utf8"), `${out}\n`);
  }));

test("docs.hbs in the folder of templates replaces zgen's own, and is none of the code's templates", () =>
  withFolder({ ...project, "templates/docs.hbs": "{{#each packages}}Package {{name}}.{{/each}}" }, async (folder) => {
    assert.is((await zgen(folder, "docs")).out, "Package lobby.v1.");
    assert.is((await zgen(folder, "generate")).code, 0);
  }));

test("a page says since which release of zgen.lock things are there, but not what a shortened lock cannot know", () =>
  withFolder(project, async (folder) => {
    await zgen(folder, "release");
    writeFileSync(path.join(folder, "schemas/lobby/v1/lobby.proto"), `${project["schemas/lobby/v1/lobby.proto"]}message Hall {}\n`);
    await zgen(folder, "release");
    const { out } = await zgen(folder, "docs");
    assert.match(out, /Room\n\nSince 1\.0\.0\.[\s\S]*Hall\n\nSince 1\.1\.0\./);
    writeFileSync(path.join(folder, "zgen.json"), '{ "releases": { "keep": 2 } }');
    assert.match((await zgen(folder, "docs")).out, /Room\n\nNo fields\.[\s\S]*Hall\n\nSince 1\.1\.0\./);
  }));

test("a schema with mistakes makes no page", () =>
  withFolder({ ...project, "schemas/lobby/v1/lobby.proto": "syntax = 3;" }, async (folder) => {
    const { code, out, err } = await zgen(folder, "docs", "--out", "api.md");
    assert.equal([code, out], [1, ""]);
    assert.match(err, /\[SYNTAX\]/);
  }));

test.run();
