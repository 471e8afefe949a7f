import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { spawnSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { transportCases } from "../../../runtime/transport/suite/suite.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";
import { dialAt, failure, listeningAt } from "../../support/transport/listening.ts";
import { sustainedBytes } from "../../support/transport/sustained.ts";

export const testTimeoutMs = 120_000;

const test = suite("transport/unix");

const windows = process.platform === "win32";
const folder = mkdtempSync(path.join(tmpdir(), "zs-"));
let names = 0;
/** A fresh path; a named pipe's on Windows. */
const fresh = (): string => (windows ? `\\\\.\\pipe\\zserver-${process.pid}-${names++}` : path.join(folder, `${names++}.sock`));

const shared = await listeningAt(`unix:${fresh()}`);
test.after(async () => {
  await shared.listener.close();
  rmSync(folder, { recursive: true, force: true });
});

const pair = async (clientFirst: boolean): Promise<readonly [Transport, Transport]> => {
  const { client, server } = await shared.connect();
  return clientFirst ? [client, server] : [server, client];
};
const client = { name: "client", sustainedBytes, vanishingFails: false, pair: () => pair(true) };
const server = { name: "server", sustainedBytes: 1024 * 1024, vanishingFails: false, pair: () => pair(false) };
for (const { name, run } of [client, server].flatMap(transportCases)) test(name, run);

test("ends have a name for logs, and no address", async () => {
  const { client, server } = await shared.connect();
  assert.equal([client.peer, server.peer], [shared.url, shared.url]);
  assert.equal([client.remote, server.remote], [undefined, undefined]);
  client.destroy();
  server.destroy();
});

test("nobody there, and a path that is too long, are said", async () => {
  assert.match(await failure(dialAt(`unix:${fresh()}`)), /ENOENT/);
  if (windows) return;
  const long = `unix:${path.join(folder, "x".repeat(120))}`;
  assert.match(await failure(dialAt(long)), /at most \d+ bytes/);
  assert.match(await failure(listeningAt(long)), /at most \d+ bytes/);
});

if (!windows) {
  test("only the user of the process may connect, unless told otherwise", async () => {
    const mode = (file: string): string => (statSync(file).mode & 0o777).toString(8);
    const before = process.umask();
    const [first, second] = [fresh(), fresh()];
    const own = await listeningAt(`unix:${first}`);
    const group = await listeningAt(`unix:${second}`, { socketMode: 0o660 });
    assert.equal([mode(first), mode(second)], ["600", "660"]);
    assert.is(process.umask(), before);
    for (const socketMode of [0o1777, -1, 1.5, "600" as never])
      assert.match(await failure(listeningAt(`unix:${fresh()}`, { socketMode })), /`socketMode`/);
    await Promise.all([own.listener.close(), group.listener.close()]);
  });

  test("the file goes with its listener, established connections stay", async () => {
    const file = fresh();
    const { listener, connect } = await listeningAt(`unix:${file}`);
    const { client, server } = await connect();
    await listener.close();
    assert.not(existsSync(file));
    const arrived = new Promise<number>((resolve) => {
      server.start({ onBytes: (bytes) => resolve(bytes[0]!), onDrain: () => {}, onClose: () => {} });
    });
    client.start({ onBytes: () => {}, onDrain: () => {}, onClose: () => {} });
    client.write(Uint8Array.of(7));
    assert.is(await arrived, 7);
    client.destroy();
    server.destroy();
  });

  test("a socket that a killed process left is replaced", async () => {
    const file = fresh();
    const script = `require("node:net").createServer().listen(${JSON.stringify(file)}, () => process.kill(process.pid, "SIGKILL"))`;
    spawnSync(process.execPath, ["-e", script]);
    assert.ok(statSync(file).isSocket(), "the process left its socket");
    const { listener, connect } = await listeningAt(`unix:${file}`);
    const { client, server } = await connect();
    client.destroy();
    server.destroy();
    await listener.close();
  });

  test("a socket on which somebody listens is left alone", async () => {
    const file = fresh();
    const other = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => other.listen(file, resolve));
    assert.is(await failure(listeningAt(`unix:${file}`)), `\`listen\`: unix:${file} is taken: something listens there already`);
    assert.ok(statSync(file).isSocket());
    await new Promise<void>((resolve) => other.close(() => resolve()));
  });

  test("what is no socket is left alone, a link to one too", async () => {
    const file = fresh();
    const link = fresh();
    writeFileSync(file, "precious");
    symlinkSync(file, link);
    for (const where of [file, link, folder]) assert.match(await failure(listeningAt(`unix:${where}`)), /no socket, and was not removed$/);
    assert.is(readFileSync(file, "utf8"), "precious");
  });

  test("a folder that is not there is named", async () => {
    assert.match(await failure(listeningAt(`unix:${folder}/none/a.sock`)), /^`listen`: cannot listen on unix:.*\/none\/a\.sock: /);
  });

  test("a worker, which has no umask of its own, can listen too", async () => {
    const file = fresh();
    const module = new URL("../../../runtime/transport/unix-server.ts", import.meta.url).href;
    const script = `
      
      const { parentPort } = require("node:worker_threads");
      const fail = (error) => { throw error; };
      import("tsx/esm/api").then(({ register }) => register()).then(() => import(${JSON.stringify(module)}))
        .then(({ listenUnix }) => listenUnix({ scheme: "unix", url: "unix:x", path: ${JSON.stringify(file)} }, { accept: fail, onError: fail }))
        .then((listener) => {
          parentPort.once("message", () => listener.close());
          parentPort.postMessage("listening");
        });`;
    const worker = new Worker(script, { eval: true });
    await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
    assert.is(statSync(file).mode & 0o777, 0o600);
    worker.postMessage("close");
    await new Promise((resolve) => worker.once("exit", resolve));
    assert.not(existsSync(file));
  });
}

test.run();
