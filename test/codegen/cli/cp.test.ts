import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type FileService, fileService } from "../../../runtime/files/server/service.ts";
import { type Server, serve } from "../../../runtime/server.ts";
import { identity } from "../../support/channel/ends.ts";
import { bytesOf, sha256 } from "../../support/files/desk.ts";
import { type Run, withFolder, zgenWith } from "./support.ts";

export const testTimeoutMs = 60_000;

const test = suite("cli/cp");

interface Place {
  readonly folder: string;
  readonly endpoint: string;
  readonly server: Server;
  cp(...args: string[]): Promise<Run>;
  interrupted(signal: AbortSignal, ...args: string[]): Promise<Run>;
}

/** A server that shows `shown` as `public`, and a person in the folder beside it. */
async function withPlace(use: (place: Place) => Promise<void>): Promise<void> {
  await withFolder({ "shown/there": "from there" }, async (folder) => {
    const service: FileService = await fileService({
      roots: { public: { directory: path.join(folder, "shown") } },
      authorize: ({ path }) => !path.startsWith("secret"),
      limits: { rangeBytes: 65_536 },
    });
    const server = await serve({
      listen: ["tcp://127.0.0.1:0", "ws://127.0.0.1:0"],
      identity,
      handlers: [service.implementation],
      log: () => {},
    });
    const run = (input: Parameters<typeof zgenWith>[0], args: readonly string[]): Promise<Run> =>
      zgenWith(input, folder, "cp", ...args, "--server-key", server.serverKey);
    try {
      await use({
        folder,
        server,
        endpoint: server.endpoints[0]!,
        cp: (...args) => run({}, args),
        interrupted: (interrupted, ...args) => run({ interrupted }, args),
      });
    } finally {
      await server.close();
      await service.close();
    }
  });
}

test("a file goes up and comes down, and its digest is told", () =>
  withPlace(async ({ folder, endpoint, cp }) => {
    const bytes = bytesOf(200_000);
    writeFileSync(path.join(folder, "a"), bytes);
    const { code, out, err } = await cp("a", `${endpoint}/public/new/b`);
    assert.equal([code, out], [0, ""]);
    const digest = sha256(bytes).toString("hex");
    assert.match(err, new RegExp(`^public/new/b: 195 KiB, SHA-256 ${digest}\n195 KiB in .* s, .*/s$`));
    assert.ok(bytes.equals(readFileSync(path.join(folder, "shown/new/b"))));
    assert.is((await cp(`${endpoint}/public/new/b`, "c")).code, 0);
    assert.ok(bytes.equals(readFileSync(path.join(folder, "c"))));
  }));

test("a target that is a folder, or ends in a slash, keeps the name of the source", () =>
  withPlace(async ({ folder, endpoint, cp }) => {
    writeFileSync(path.join(folder, "a"), "a");
    assert.is((await cp("a", `${endpoint}/public/`)).code, 0);
    mkdirSync(path.join(folder, "into"));
    assert.is((await cp(`${endpoint}/public/there`, "into")).code, 0);
    assert.is(readFileSync(path.join(folder, "shown/a"), "utf8"), "a");
    assert.is(readFileSync(path.join(folder, "into/there"), "utf8"), "from there");
  }));

test("several entrances carry one file", () =>
  withPlace(async ({ folder, server, cp }) => {
    const bytes = bytesOf(1_000_000);
    writeFileSync(path.join(folder, "shown/big"), bytes);
    const [first, second] = server.endpoints;
    const { code, err } = await cp(`${first}/public/big`, "big", "--entrances", second!, "--parallel", "2");
    assert.is(code, 0, err);
    assert.ok(bytes.equals(readFileSync(path.join(folder, "big"))));
  }));

test("a folder is kept in step, and what only the target has goes when it is asked for", () =>
  withPlace(async ({ folder, endpoint, cp }) => {
    mkdirSync(path.join(folder, "mine/deep"), { recursive: true });
    writeFileSync(path.join(folder, "mine/deep/x"), "x");
    writeFileSync(path.join(folder, "mine/y"), "y");
    assert.match((await cp("mine", `${endpoint}/public`, "--recursive")).err, /^2 transferred, 0 unchanged, 0 removed\n/);
    assert.match((await cp("mine", `${endpoint}/public`, "--recursive", "--delete")).err, /^0 transferred, 2 unchanged, 1 removed\n/);
    assert.equal(readdirSync(path.join(folder, "shown")).sort(), ["deep", "y"]);
    assert.match((await cp(`${endpoint}/public/deep`, "theirs", "--recursive")).err, /^1 transferred/);
    assert.is(readFileSync(path.join(folder, "theirs/x"), "utf8"), "x");
  }));

test("what goes wrong is one line, and nothing is left", () =>
  withPlace(async ({ folder, endpoint, cp }) => {
    const failed = async (...args: string[]): Promise<string> => {
      const { code, err } = await cp(...args);
      assert.is(code, 1);
      return err;
    };
    assert.match(await failed(`${endpoint}/public/none`, "a"), /^NOT_FOUND: there is nothing at "public\/none"$/);
    assert.match(await failed(`${endpoint}/public/secret`, "a"), /^PERMISSION_DENIED: [^\n]+$/);
    assert.match(await failed(`${endpoint}/public/../x`, "a"), /^INVALID_ARGUMENT: [^\n]+$/);
    assert.match(await failed("absent", `${endpoint}/public/a`), /ENOENT[^\n]+absent[^\n]*$/);
    assert.match(await failed("a", "b"), /one of SOURCE and TARGET is at a server/);
    assert.match(await failed(`${endpoint}/public/there`, "a", "--delete"), /--delete belongs to --recursive/);
    assert.match(await failed(`${endpoint}/public/there`, "a", "--parallel", "0"), /parallel must be a whole number/);
    assert.match(await failed("tcp://127.0.0.1:1/public/there", "a"), /^TRANSPORT_FAILED: [^\n]+$/);
    assert.equal(readdirSync(folder), ["shown"].concat(readdirSync(folder).filter((name) => name.startsWith(".shown"))).sort());
  }));

test("without the server's key nothing is sent, and the key that it shows is told", () =>
  withPlace(async ({ folder, endpoint, server }) => {
    const { code, err } = await zgenWith({}, folder, "cp", `${endpoint}/public/there`, "a");
    assert.is(code, 1);
    assert.ok(err.includes(`the server shows the key ${server.serverKey}`));
  }));

test("Ctrl-C breaks a copy off, and the same command goes on from there", () =>
  withPlace(async ({ folder, endpoint, interrupted, cp }) => {
    const bytes = bytesOf(8_388_608 * 3);
    writeFileSync(path.join(folder, "shown/big"), bytes);
    const stop = new AbortController();
    const copying = interrupted(stop.signal, `${endpoint}/public/big`, "big", "--parallel", "1");
    const journal = path.join(folder, "big.part.journal");
    // Its header, and the line of the first range.
    const lines = (): number => readIfThere(journal).split("\n").length;
    while (lines() < 3) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    assert.is((await copying).code, 130);
    assert.match((await cp(`${endpoint}/public/big`, "big")).err, /^[^\n]+: 24 MiB, of which (8\.0|16) MiB were there, SHA-256 /);
    assert.ok(bytes.equals(readFileSync(path.join(folder, "big"))));
  }));

test("a server that goes away and comes back costs a line", async () => {
  await withFolder({}, async (folder) => {
    const bytes = bytesOf(30 * 65_536);
    mkdirSync(path.join(folder, "shown"));
    writeFileSync(path.join(folder, "a"), bytes);
    let asked = 0;
    let again: Promise<Server> | undefined;
    const start = async (listen: string): Promise<Server> => {
      const service = await fileService({
        roots: { public: { directory: path.join(folder, "shown") } },
        limits: { rangeBytes: 65_536 },
        authorize: () => {
          asked += 1;
          // The second time is the commit's: all is there, and nobody to say so.
          if (asked === 2) again = server.close().then(() => start(server.endpoints[0]!));
          return true;
        },
      });
      return serve({ listen: [listen], identity, handlers: [service.implementation], log: () => {} });
    };
    const server = await start("tcp://127.0.0.1:0");
    const { code, err } = await zgenWith({}, folder, "cp", "a", `${server.endpoints[0]}/public/a`, "--server-key", server.serverKey);
    await (await again!).close();
    assert.is(code, 0, err);
    assert.match(err, /; going on\n/);
    assert.ok(bytes.equals(readFileSync(path.join(folder, "shown/a"))));
  });
});

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

test.run();
