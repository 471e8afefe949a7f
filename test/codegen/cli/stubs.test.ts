import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { withFolder, zgen } from "./support.ts";

export const testTimeoutMs = 60_000;

const repository = fileURLToPath(new URL("../../..", import.meta.url));

const lobby = `syntax = "proto3";
package lobby.v1;
import "zserver/options.proto";
import "google/protobuf/empty.proto";
service Lobby {
  // Enters a room.
  rpc Join(JoinRequest) returns (JoinReply);
  rpc Match(MatchRequest) returns (MatchReply) {
    option (zserver.command).deferred = true;
  }
  rpc Leave(google.protobuf.Empty) returns (zserver.None);
}
service Player {
  option (zserver.service).side = CLIENT;
  rpc Heard(HeardRequest) returns (zserver.None);
}
message JoinRequest {}
message JoinReply {}
message MatchRequest {}
message MatchReply {}
message HeardRequest {}
`;
const project = { "zgen.json": '{ "stubs": { "out": "src" } }', "schemas/lobby/v1/lobby.proto": lobby };
const made = path.join("src", "lobby", "v1", "lobby.ts");

/** What TypeScript says of everything in a folder, under strict flags. */
function typeErrors(folder: string): string {
  symlinkSync(path.join(repository, "node_modules"), path.join(folder, "node_modules"), "dir");
  const compilerOptions = { customConditions: ["source"], typeRoots: [path.join(repository, "node_modules/@types")] };
  const include = ["src/**/*.ts", "generated/**/*.ts"];
  writeFileSync(path.join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(
    path.join(folder, "tsconfig.json"),
    JSON.stringify({ extends: path.join(repository, "tsconfig.json"), compilerOptions, include }),
  );
  const { stdout } = spawnSync(process.execPath, [path.join(repository, "node_modules/typescript/bin/tsc"), "-p", folder], {
    encoding: "utf8",
  });
  return stdout;
}

const test = suite("cli/stubs");

test("writes a class for each service of the side, which compiles, and then finds it up to date", () =>
  withFolder(project, async (folder) => {
    assert.equal(await zgen(folder, "stubs"), { code: 0, out: `wrote ${made}`, err: "" });
    assert.equal(await zgen(folder, "stubs"), { code: 0, out: "1 handler file up to date", err: "" });
    await zgen(folder, "generate");
    assert.is(typeErrors(folder), "");
    const text = readFileSync(path.join(folder, made), "utf8");
    assert.match(
      text,
      /async match\(_request: MatchRequest, _context: DeferredContext<unknown, MatchReplyInit>\): Promise<MatchReplyInit \| DeferredReply<MatchReplyInit>>/,
    );
    assert.match(text, /async leave\(_request: Empty, _context: Context\): Promise<void>/);
    assert.not.match(text, /heard/);
  }));

test("follows the schema, in a file that was moved and renamed too, and the result compiles", () =>
  withFolder(project, async (folder) => {
    await zgen(folder, "stubs");
    mkdirSync(path.join(folder, "src/rooms"));
    const moved = path.join("src", "rooms", "handlers.ts");
    const text = readFileSync(path.join(folder, made), "utf8").replaceAll("../../../generated/", "../../generated/");
    renameSync(path.join(folder, made), path.join(folder, moved));
    writeFileSync(path.join(folder, moved), text);
    const changed = lobby
      .replace("rpc Join(JoinRequest)", "rpc Join(EnterRequest)")
      .replace("message JoinRequest", "message EnterRequest")
      .replace("rpc Leave", "rpc Count(EnterRequest) returns (stream JoinReply);\n  rpc Leave");
    writeFileSync(path.join(folder, "schemas/lobby/v1/lobby.proto"), changed);
    const { code, out } = await zgen(folder, "stubs", "--check");
    assert.equal([code, out], [1, `would change ${moved} (Lobby.count)`]);
    assert.equal(await zgen(folder, "stubs"), { code: 0, out: `wrote ${moved} (Lobby.count)`, err: "" });
    assert.not.ok(existsSync(path.join(folder, made)));
    await zgen(folder, "generate");
    assert.is(typeErrors(folder), "");
  }));

test("what handles no command is named with its line, and stays", () =>
  withFolder(project, async (folder) => {
    await zgen(folder, "stubs");
    const before = readFileSync(path.join(folder, made));
    writeFileSync(path.join(folder, "schemas/lobby/v1/lobby.proto"), lobby.replace(/ {2}\/\/ Enters[\s\S]*?;\n/, ""));
    const { code, err } = await zgen(folder, "stubs");
    assert.equal([code, err], [0, `${made}:7: LobbyHandler.join handles no command of the schema; it was left in place`]);
    assert.equal(readFileSync(path.join(folder, made)), before);
  }));

test("a file in the way is not touched", () =>
  withFolder({ ...project, [made]: "export const mine = 1;\n" }, async (folder) => {
    const { code, err } = await zgen(folder, "stubs");
    assert.is(code, 1);
    assert.match(err, /has no class that implements LobbyHandlers; add one, or move the file/);
    assert.is(readFileSync(path.join(folder, made), "utf8"), "export const mine = 1;\n");
  }));

test("a client's project keeps the services that clients handle; without a folder the command says what is missing", async () => {
  await withFolder({ ...project, "zgen.json": '{ "stubs": { "out": "src", "side": "CLIENT" } }' }, async (folder) => {
    assert.is((await zgen(folder, "stubs")).out, `wrote ${path.join("src", "lobby", "v1", "player.ts")}`);
  });
  await withFolder({ ...project, "zgen.json": "{}" }, async (folder) => {
    assert.match((await zgen(folder, "stubs")).err, /has no stubs; add "stubs": \{ "out": "src\/handlers" \}/);
  });
});

test.run();
