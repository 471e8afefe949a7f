// npm start: a server and three players, each in a process of its own, and an account of what happened between them.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Account } from "./account.ts";
import { batch, callBothWays, deferReply, loseConnection, refuse, rotateKeys, type Stage, sendOneWay, stream } from "./acts.ts";
import { Relay } from "./relay.ts";
import { Actor } from "./steps.ts";
import { generateBadSchema, zgen } from "./zgen.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), "zserver-lobby-"));
const account = new Account();
const actors: Actor[] = [];

try {
  schemas();
  const stage = await openSessions();
  for (const act of [callBothWays, sendOneWay, stream, batch, deferReply, rotateKeys, loseConnection, refuse]) await act(stage, account);
  await close(stage);
} finally {
  await Promise.all(actors.map((actor) => actor.stop()));
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = account.end();

/** The example's code comes from its schema; a schema with mistakes yields messages and no code. */
function schemas(): void {
  console.log("Schemas");
  const good = zgen(repository, "generate");
  account.fact(good.code === 0, `zgen generate: ${good.out.split("\n").join("; ")}`);
  const bad = generateBadSchema(folder);
  const untouched = !existsSync(path.join(folder, "generated"));
  account.fact(
    bad.code === 1 && untouched && bad.err.split("\n").length >= 3,
    `a schema with two mistakes: exit code ${bad.code}, no file written`,
  );
  account.quote(bad.err);
}

async function openSessions(): Promise<Stage> {
  console.log("Sessions");
  const identity = path.join(folder, "server.identity");
  const serverKey = zgen(folder, "keygen", "--out", identity).out;
  const server = await start("./server.ts", identity);
  const endpoint = await server.ask<string>("endpoint");
  const key = `${serverKey.slice(0, 16)}…`;
  account.fact(endpoint.startsWith("ws://"), `a server, process ${server.pid}, listens on ${endpoint} and proves the key ${key}`);
  const relay = await Relay.start(endpoint);
  const connect = (name: string, to = endpoint): Promise<Actor> => start("./player.ts", name, to, serverKey);
  const [ada, bob, cyd] = await Promise.all([connect("ada"), connect("bob", relay.endpoint), connect("cyd")]);
  const sessions = await server.ask<number>("sessions");
  account.fact(sessions === 3, `processes ${ada.pid}, ${bob.pid} and ${cyd.pid} are connected: ${sessions} sessions`);
  return { server, relay, ada, bob, cyd };
}

async function start(file: string, ...args: string[]): Promise<Actor> {
  const actor = await Actor.start(file, ...args);
  actors.push(actor);
  return actor;
}

async function close({ server, relay, ada, bob, cyd }: Stage): Promise<void> {
  console.log("The end");
  await Promise.all([ada, bob, cyd].map((player) => player.ask("close")));
  await server.ask("close");
  await relay.stop();
  const codes = await Promise.all([ada, bob, cyd, server].map((actor) => actor.exited()));
  account.fact(
    codes.every((code) => code === 0),
    `everything was closed, and the four processes ended by themselves with ${codes.join(", ")}`,
  );
}
