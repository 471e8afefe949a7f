import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { MessageChannel, Worker } from "node:worker_threads";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  type ConnectOptions,
  connect,
  createIdentity,
  EndError,
  implement,
  memoryNetwork,
  messagePortEndpoint,
  messagePortListener,
  type ServeOptions,
  serve,
} from "zserver";
import { type ChatLine, Lobby, Player } from "../../../generated/example/lobby/v1/lobby.ts";
import { systemClock } from "../../../runtime/time/system-clock.ts";
import { selfSigned } from "../../support/transport/certificate.ts";

const test = suite("transport/end-to-end");

const LINES = 300;
const identity = createIdentity();

/** A lobby that keeps what is said and asks each player at once whether it is ready. */
function lobby() {
  const said: ChatLine[] = [];
  const ready: boolean[] = [];
  const handlers = implement(Lobby, {
    async join({ player }, { session }) {
      ready.push((await session.use(Player).ready({})).ready);
      return { players: [player, session.peer] };
    },
    say: (line) => void said.push(line),
    match: () => ({ opponent: "nobody" }),
    history: () => said,
    async import(lines) {
      let kept = 0;
      for await (const { text } of lines) kept += text.length === 4096 ? 1 : 0;
      return { kept };
    },
  });
  return { said, ready, handlers };
}

interface Where {
  readonly listen: Omit<ServeOptions, "identity">;
  /** Given the URLs that the server tells. */
  readonly dial: (endpoints: readonly string[]) => Omit<ConnectOptions, "serverKey">;
  /** What the server's handlers see of the client. */
  readonly peer: RegExp;
}

/** Every kind of call, both ways, and an end that both sides know. */
async function play({ listen, dial, peer }: Where): Promise<void> {
  const { said, ready, handlers } = lobby();
  const server = await serve({ ...listen, identity, handlers: [handlers] });
  const player = implement(Player, { heard() {}, ready: () => ({ ready: true }) });
  const client = await connect({ ...dial(server.endpoints), serverKey: server.serverKey, handlers: [player] });
  const proxy = client.use(Lobby);
  const { players } = await proxy.join({ room: "a", player: "ada" });
  assert.is(players[0], "ada");
  assert.match(players[1] ?? "", peer);
  assert.equal(ready, [true]);
  const texts = Array.from({ length: LINES }, (_, i) => `${i} ${"x".repeat(i)}`);
  for (const text of texts) void proxy.say({ room: "a", player: "ada", text });
  const history: string[] = [];
  for await (const { text } of proxy.history({ room: "a" })) history.push(text);
  assert.equal(history, texts);
  assert.is(said.length, LINES);
  assert.is((await proxy.import(texts.map(() => ({ text: "y".repeat(4096) })))).kept, LINES);
  const [session] = server.sessions();
  await client.close();
  assert.is((await session!.closed).reason, "CLOSED");
  await server.close();
}

const folder = mkdtempSync(path.join(tmpdir(), "zs-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const socket = process.platform === "win32" ? `\\\\.\\pipe\\zserver-end-${process.pid}` : path.join(folder, "lobby.sock");
const certificate = selfSigned();
const memory = memoryNetwork({ clock: systemClock });
const ports = messagePortListener("port:lobby");
const throughPort = messagePortEndpoint(() => {
  const { port1, port2 } = new MessageChannel();
  ports.accept(port2);
  return port1;
}, "port:lobby");

const dialAll = (endpoints: readonly string[]) => ({ endpoints });
const dialSecure = (endpoints: readonly string[]) => ({ endpoints, tls: { ca: certificate.cert } });

const everywhere: Record<string, Where> = {
  "memory:": {
    listen: { listen: ["memory:lobby"], memory },
    dial: (endpoints) => ({ endpoints, memory }),
    peer: /^memory:lobby$/,
  },
  "ws:": { listen: { listen: ["ws://127.0.0.1:0/lobby"] }, dial: dialAll, peer: /^ws 127\.0\.0\.1:\d+$/ },
  "wss:": { listen: { listen: ["wss://127.0.0.1:0"], tls: certificate }, dial: dialSecure, peer: /^wss 127\.0\.0\.1:\d+$/ },
  "tcp:": { listen: { listen: ["tcp://127.0.0.1:0"] }, dial: dialAll, peer: /^tcp 127\.0\.0\.1:\d+$/ },
  "tls:": { listen: { listen: ["tls://127.0.0.1:0"], tls: certificate }, dial: dialSecure, peer: /^tls 127\.0\.0\.1:\d+$/ },
  "unix:": { listen: { listen: [`unix:${socket}`], socketMode: 0o660 }, dial: dialAll, peer: /^unix:/ },
  "a MessagePort": { listen: { listen: [ports] }, dial: () => ({ endpoints: [throughPort] }), peer: /^port:lobby$/ },
};

for (const [name, where] of Object.entries(everywhere)) test(`a lobby is played over ${name}`, () => play(where));

test("a server of several transports tells all of them, and takes all of them down", async () => {
  const { handlers } = lobby();
  const listen = ["tcp://127.0.0.1:0", "ws://127.0.0.1:0", `unix:${socket}`];
  const server = await serve({ listen, identity, handlers: [handlers] });
  assert.equal(
    server.endpoints.map((url) => url.split(":")[0]),
    ["tcp", "ws", "unix"],
  );
  await server.close();
  assert.not(existsSync(socket));
});

test("where the first endpoint is not there, the next is taken; an end without a server is told", async () => {
  const { handlers } = lobby();
  const server = await serve({ listen: ["tcp://127.0.0.1:0"], identity, handlers: [handlers] });
  const common = { serverKey: server.serverKey, connectTimeoutMs: 5000 };
  const client = await connect({ ...common, endpoints: [`unix:${socket}`, server.endpoints[0]!] });
  assert.match(client.peer, /^tcp /);
  await client.close();
  await server.close();
  const lonely = messagePortEndpoint(() => Promise.reject(new Error("no port left")), "port:worker");
  for (const [endpoint, message] of [
    [`unix:${socket}`, /ENOENT/],
    [lonely, /port:worker: no port left/],
  ] as const) {
    await connect({ ...common, endpoints: [endpoint] }).then(
      () => assert.unreachable(),
      (error: EndError) => {
        assert.instance(error, EndError);
        assert.match(error.message, message);
      },
    );
  }
});

test("a worker is a client of its page's thread", async () => {
  const { said, handlers } = lobby();
  const server = await serve({ listen: [ports], identity, handlers: [handlers] });
  const { port1, port2 } = new MessageChannel();
  ports.accept(port2);
  const script = `
    const { workerData } = require("node:worker_threads");
    import("tsx/esm/api").then(({ register }) => register()).then(async () => {
      const { connect, messagePortEndpoint } = await import("zserver");
      const { Lobby } = await import(workerData.lobby);
      const endpoints = [messagePortEndpoint(() => workerData.port)];
      const client = await connect({ endpoints, serverKey: workerData.serverKey });
      await client.use(Lobby).say({ text: "hello from the worker" });
      await client.drain();
    });`;
  const lobbyModule = new URL("../../../generated/example/lobby/v1/lobby.ts", import.meta.url).href;
  const worker = new Worker(script, {
    eval: true,
    execArgv: ["--conditions=source"],
    workerData: { port: port1, serverKey: server.serverKey, lobby: lobbyModule },
    transferList: [port1],
  });
  const exit = await new Promise((resolve, reject) => worker.once("exit", resolve).once("error", reject));
  assert.is(exit, 0);
  assert.equal(
    said.map(({ text }) => text),
    ["hello from the worker"],
  );
  await server.close();
});

test.run();
