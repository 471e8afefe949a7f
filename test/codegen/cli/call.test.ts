import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Refused } from "../../../generated/example/probe/v1/probe.ts";
import { CommandError, errorDetail, type ReceivedCredentials, serve } from "../../../runtime/index.ts";
import type { Server } from "../../../runtime/server.ts";
import { identity } from "../../support/channel/ends.ts";
import { blobs } from "../../support/command/blobs.ts";
import { Gate, probe } from "../../support/command/probe.ts";
import { type Run, withFolder, zgenWith } from "./support.ts";

export const testTimeoutMs = 60_000;

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const schemas = path.join(repository, "schemas");
const probeFile = "example/probe/v1/probe.proto";
const config = { "zgen.json": JSON.stringify({ schemas: [{ root: schemas, include: ["example/**/*.proto"] }] }) };

const gate = new Gate();
const notes: string[] = [];

function serveProbe(): Promise<Server> {
  const handlers = [
    blobs(),
    probe({
      note: ({ text }) => void notes.push(text),
      later: gate.handler,
      echo({ text, number }) {
        if (text === "color") throw new CommandError("ABORTED", "\u001b[31mred\u009b\u0007\nline");
        if (text === "no") throw new CommandError("PERMISSION_DENIED", "not today", { details: [errorDetail(Refused, { why: "closed" })] });
        return { text, number };
      },
    }),
  ];
  return serve({ listen: ["ws://127.0.0.1:0"], identity, handlers, log: () => {} });
}

const test = suite("cli/call");

let server: Server;
test.before(async () => {
  server = await serveProbe();
});
test.after(() => server.close());

type Input = Parameters<typeof zgenWith>[0];

/** Calls a command in a folder of its own, the cache there too. */
function call(input: Input, ...args: string[]): Promise<Run> {
  return withFolder(config, (folder) => {
    process.env.XDG_CACHE_HOME = path.join(folder, "cache");
    return zgenWith(input, folder, "call", server.endpoints[0]!, ...args, "--server-key", server.serverKey);
  });
}

test("a file as a blob, and a blob as a file", async () => {
  const photo = path.join(repository, "package.json");
  assert.is(JSON.parse((await call({}, "Blobs.Put", `@${photo}`)).out).number, readFileSync(photo).length);
  await withFolder({}, async (folder) => {
    const out = path.join(folder, "turned");
    assert.equal(await call({}, "Blobs.Swap", `@${photo}`, "--out", out), { code: 0, out: "", err: "" });
    assert.equal(readFileSync(out), readFileSync(photo));
    assert.equal(await call({}, "Blobs.Get", '{"number":5}', "--out", out), { code: 0, out: "", err: "" });
    assert.is(readFileSync(out).length, 5);
  });
  assert.is((await call({}, "Blobs.Cut", `@${photo}`)).code, 0);
  assert.match((await call({}, "Blobs.Put", "{}")).err, "takes a blob: name its file, @photo.jpg");
  assert.match((await call({}, "Blobs.Get", "{}")).err, "say where it goes, --out photo.jpg");
  assert.match((await call({}, "Probe.Echo", "{}", "--out", "x")).err, "nothing for --out");
});

test("a request in JSON, its reply in JSON", async () => {
  assert.equal(await call({}, "Probe.Echo", '{"text":"hé","number":7}'), { code: 0, out: '{\n  "text": "hé",\n  "number": 7\n}', err: "" });
  assert.is((await call({}, "example.probe.v1.Probe/Echo")).out, "{}");
});

test("a stream prints a line for each item", async () => {
  assert.equal(await call({}, "Probe.Down", '{"number":3}'), { code: 0, out: '{}\n{"number":1}\n{"number":2}', err: "" });
});

test("requests come as a list, or one a line from standard input", async () => {
  assert.is((await call({}, "Probe.Up", '[{"number":1},{"number":2}]')).out, '{\n  "number": 3\n}');
  assert.is((await call({ input: '{"number":4}\n\n{"number":5}' }, "Probe.Both", "-")).out, '{"number":4}\n{"number":5}');
  assert.is((await call({ input: '{\n"text":"a"}' }, "Probe.Echo", "-")).out, '{\n  "text": "a"\n}');
});

test("a one-way has arrived when the command ends", async () => {
  assert.equal(await call({}, "Probe.Note", '{"text":"noted"}'), { code: 0, out: "", err: "" });
  assert.equal(notes, ["noted"]);
});

test("an error prints its code, message, outcome and details, and the command fails", async () => {
  const { code, out, err } = await call({}, "Probe.Echo", '{"text":"no"}');
  assert.equal([code, out], [1, ""]);
  assert.is(err, 'PERMISSION_DENIED: not today (it may have run)\n  example.probe.v1.Refused {"why":"closed"}');
});

test("a server's message has no power over the terminal", async () => {
  const { err } = await call({}, "Probe.Echo", '{"text":"color"}');
  assert.is(err, "ABORTED: \\u001b[31mred\\u009b\\u0007\nline (it may have run)");
});

test("a key or an identity that is none is said in one line", async () => {
  await withFolder({ ...config, open: "" }, async (folder) => {
    const failed = async (...args: string[]): Promise<string> =>
      (await zgenWith({}, folder, "call", "ws://127.0.0.1:1", "Probe.Echo", "{}", ...args)).err;
    assert.match(await failed("--server-key", "zsk_short"), /^zgen call: this is no key of zserver: [^\n]+$/);
    assert.match(
      await failed("--server-key", server.serverKey, "--identity", "absent"),
      /^zgen call: ENOENT: there is no identity at [^\n]+absent[^\n]*$/,
    );
    assert.match(await failed("--server-key", server.serverKey, "--identity", "open"), /^zgen call: [^\n]*open: [^\n]+$/);
  });
});

test("a server that is not there is named with its endpoint, once", async () => {
  await withFolder(config, async (folder) => {
    const { code, err } = await zgenWith({}, folder, "call", "ws://127.0.0.1:1", "Probe.Echo", "{}", "--server-key", server.serverKey);
    assert.is(code, 1);
    assert.match(err, /^TRANSPORT_FAILED: ws:\/\/127\.0\.0\.1:1\/: connect ECONNREFUSED[^\n]+$/);
  });
});

test("Ctrl-C cancels: the handler's signal fires", async () => {
  const interrupt = new AbortController();
  const calling = call({ interrupted: interrupt.signal }, "Probe.Later", "{}");
  while (gate.entered.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const { signal } = gate.entered[0]!.context;
  const stopped = new Promise((resolve) => signal.addEventListener("abort", resolve));
  interrupt.abort();
  assert.is((await calling).code, 130);
  await stopped;
});

test("a reply may be as large as the caller says", async () => {
  const text = "x".repeat(5_000_000);
  const roomy = await serve({
    listen: ["ws://127.0.0.1:0"],
    identity,
    handlers: [probe({ echo: () => ({ text, number: 0 }) })],
    log: () => {},
  });
  const echo = (...args: string[]): Promise<Run> =>
    withFolder(config, (folder) => {
      process.env.XDG_CACHE_HOME = path.join(folder, "cache");
      return zgenWith({}, folder, "call", roomy.endpoints[0]!, "Probe.Echo", "--server-key", roomy.serverKey, ...args);
    });
  try {
    const refused = await echo();
    assert.is(refused.code, 1);
    assert.match(refused.err, /RESOURCE_EXHAUSTED/);
    assert.is(JSON.parse((await echo("--max-message", "6000000")).out).text, text);
    assert.match((await echo("--max-message", "much")).err, /--max-message takes bytes, not much/);
  } finally {
    await roomy.close();
  }
});

test("a deadline of the caller's own", async () => {
  const { code, err } = await call({}, "Probe.Later", "{}", "--timeout", "20");
  assert.is(code, 1);
  assert.match(err, /^DEADLINE_EXCEEDED: /);
});

test("JSON that is no request, and no JSON, are named with the place", async () => {
  assert.match((await call({}, "Probe.Echo", '{"number":"x"}')).err, /^INVALID_ARGUMENT: .*number/);
  assert.match((await call({}, "Probe.Echo", "{")).err, /^zgen call: the request is no JSON: /);
});

test("--credentials are shown to the server's admission", async () => {
  const handlers = [probe({ echo: (_request, { principal }) => ({ text: principal.id }) })];
  const admit = (shown: ReceivedCredentials) => (shown.text() === "ticket" ? { principal: "ada" } : undefined);
  const guarded = await serve({ listen: ["ws://127.0.0.1:0"], identity, handlers, admit, log: () => {} });
  await withFolder(config, async (folder) => {
    process.env.XDG_CACHE_HOME = path.join(folder, "cache");
    const args = ["call", guarded.endpoints[0]!, "Probe.Echo", "{}", "--server-key", guarded.serverKey];
    assert.is((await zgenWith({}, folder, ...args, "--credentials", "ticket")).out, '{\n  "text": "ada"\n}');
    assert.match((await zgenWith({}, folder, ...args)).err, /^ADMISSION_DENIED/);
  });
  await guarded.close();
});

test("--include names the schemas where there is no zgen.json", () =>
  withFolder({ [`api/${probeFile}`]: readFileSync(path.join(schemas, probeFile), "utf8") }, async (folder) => {
    process.env.XDG_CACHE_HOME = path.join(folder, "cache");
    const args = [server.endpoints[0]!, "Probe.Echo", "{}", "--server-key", server.serverKey, "--include", "api"];
    assert.equal(await zgenWith({}, folder, "call", ...args), { code: 0, out: "{}", err: "" });
  }));

test("a deprecated command is called, and what its comment says about that is told", () => {
  const text = readFileSync(path.join(schemas, probeFile), "utf8");
  const deprecated = text.replace("  rpc Echo(Text) returns (Text) {", "  // Deprecated: use Shout.\n$& option deprecated = true;");
  return withFolder({ [`api/${probeFile}`]: deprecated }, async (folder) => {
    process.env.XDG_CACHE_HOME = path.join(folder, "cache");
    const args = [server.endpoints[0]!, "Probe.Echo", "{}", "--server-key", server.serverKey, "--include", "api"];
    const err = "example.probe.v1.Probe.Echo is deprecated: use Shout.";
    assert.equal(await zgenWith({}, folder, "call", ...args), { code: 0, out: "{}", err });
  });
});

test("a command may be named as its method is", async () => {
  assert.is((await call({}, "Probe.echo", '{ "text": "a" }')).out, '{\n  "text": "a"\n}');
  assert.match((await call({}, "probe.echo")).err, "means no command");
});

test("a name without a command, or with several, is answered with those there are", async () => {
  assert.match((await call({}, "Probe.Shout")).err, /means no command; there are .*example\.probe\.v1\.Probe\.Echo/);
});

test("without a key the call fails, and says which key the server shows", () =>
  withFolder(config, async (folder) => {
    process.env.XDG_CACHE_HOME = path.join(folder, "cache");
    const { code, err } = await zgenWith({}, folder, "call", server.endpoints[0]!, "Probe.Echo");
    assert.is(code, 1);
    assert.match(
      err,
      new RegExp(`the server shows the key ${server.serverKey}; if that is the right one, pass it as --server-key\nSERVER_KEY_REFUSED`),
    );
  }));

test("code is generated once for a schema, and again for another", () =>
  withFolder(config, async (folder) => {
    const cache = path.join(folder, "cache");
    process.env.XDG_CACHE_HOME = cache;
    const args = [server.endpoints[0]!, "Probe.Echo", "{}", "--server-key", server.serverKey];
    await zgenWith({}, folder, "call", ...args);
    const [first, ...others] = readdirSync(path.join(cache, "zgen"));
    assert.equal(others, []);
    const file = path.join(cache, "zgen", first!, "example/probe/v1/probe.js");
    const before = readFileSync(file);
    await zgenWith({}, folder, "call", ...args);
    assert.equal(readdirSync(path.join(cache, "zgen")), [first]);
    assert.equal(readFileSync(file), before);
    writeFileSync(path.join(folder, "zgen.json"), JSON.stringify({ schemas: [{ root: schemas, include: ["example/probe/**"] }] }));
    await zgenWith({}, folder, "call", ...args);
    assert.is(readdirSync(path.join(cache, "zgen")).length, 2);
  }));

test("the built zgen ends quietly when nobody reads any more", () =>
  withFolder(config, async (folder) => {
    const launcher = path.join(repository, "codegen/bin/zgen.mjs");
    const args = [launcher, "call", server.endpoints[0]!, "Probe.Down", '{"number":100000}', "--server-key", server.serverKey];
    const child = spawn(process.execPath, args, { cwd: folder, env: { ...process.env, XDG_CACHE_HOME: path.join(folder, "cache") } });
    let err = "";
    child.stdout.once("data", () => child.stdout.destroy());
    child.stderr.on("data", (chunk) => (err += String(chunk)));
    const code = await new Promise((resolve) => child.once("close", resolve));
    assert.equal([code, err], [141, ""]);
  }));

test("the built zgen calls as well, with the runtime that it brings along", () =>
  withFolder(config, async (folder) => {
    const launcher = path.join(repository, "codegen/bin/zgen.mjs");
    assert.ok(existsSync(launcher));
    const args = [launcher, "call", server.endpoints[0]!, "Probe.Down", '{"number":2}', "--server-key", server.serverKey];
    const child = spawn(process.execPath, args, { cwd: folder, env: { ...process.env, XDG_CACHE_HOME: path.join(folder, "cache") } });
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk) => (out += String(chunk)));
    child.stderr.on("data", (chunk) => (err += String(chunk)));
    const code = await new Promise((resolve) => child.once("close", resolve));
    assert.equal([code, out, err], [0, '{}\n{"number":1}\n', ""]);
  }));

test.run();
