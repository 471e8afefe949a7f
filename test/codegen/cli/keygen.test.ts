import { chmodSync, existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { formatServerKey, loadIdentity, parseServerKey, serverKeyOf } from "../../../runtime/keys.ts";
import { withFolder, zgen } from "./support.ts";

const modeOf = (file: string): number => statSync(file).mode & 0o777;

const test = suite("cli/keygen");

test("writes an identity that only its owner reads, and prints the key that clients pin", () =>
  withFolder({}, async (folder) => {
    const { code, out, err } = await zgen(folder, "keygen");
    assert.is(code, 0);
    const file = path.join(folder, "server.identity");
    assert.is(modeOf(file), 0o600);
    parseServerKey(out);
    assert.is(out, formatServerKey(serverKeyOf(loadIdentity(file))));
    assert.match(err, "identity: server.identity (mode 0600; keep it secret)");
    assert.not.match(err, out);
  }));

test("keeps an identity that is there, unless forced", () =>
  withFolder({ "keys/a.identity": "precious" }, async (folder) => {
    const file = path.join(folder, "keys/a.identity");
    chmodSync(file, 0o644);
    const refused = await zgen(folder, "keygen", "--out", "keys/a.identity");
    assert.is(refused.code, 1);
    assert.match(refused.err, /keys\/a\.identity exists; --force replaces it/);
    assert.is(readFileSync(file, "utf8"), "precious");
    assert.is((await zgen(folder, "keygen", "--out", "keys/a.identity", "--force")).code, 0);
    assert.not.match(readFileSync(file, "utf8"), "precious");
    assert.is(modeOf(file), 0o600);
  }));

test("makes git ignore it, once", () =>
  withFolder({ ".git/HEAD": "", ".gitignore": "node_modules/", "deploy/x": "" }, async (folder) => {
    const { err } = await zgen(folder, "keygen", "--out", "deploy/key");
    assert.match(err, "ignored by .gitignore");
    await zgen(folder, "keygen", "--out", "deploy/key", "--force");
    assert.is(readFileSync(path.join(folder, ".gitignore"), "utf8"), "node_modules/\n/deploy/key\n");
  }));

test("a repository that ignores nothing yet gets a .gitignore beside it, another folder none", () =>
  withFolder({ "repository/.git/HEAD": "", "elsewhere/x": "" }, async (folder) => {
    const { err } = await zgen(path.join(folder, "repository"), "keygen");
    assert.match(err, "ignored by .gitignore");
    assert.is(readFileSync(path.join(folder, "repository/.gitignore"), "utf8"), "/server.identity\n");
    await zgen(path.join(folder, "elsewhere"), "keygen");
    assert.not.ok(existsSync(path.join(folder, "elsewhere/.gitignore")));
  }));

test("adds nothing where a pattern covers it already", () =>
  withFolder({ ".gitignore": "*.identity\n" }, async (folder) => {
    await zgen(folder, "keygen");
    assert.is(readFileSync(path.join(folder, ".gitignore"), "utf8"), "*.identity\n");
  }));

test("leaves a .gitignore above the repository alone", () =>
  withFolder({ ".gitignore": "x\n", "repository/.git/HEAD": "" }, async (folder) => {
    await zgen(path.join(folder, "repository"), "keygen");
    assert.is(readFileSync(path.join(folder, ".gitignore"), "utf8"), "x\n");
  }));

test.run();
