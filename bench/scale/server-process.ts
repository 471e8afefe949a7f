/** The program of a server: its first process starts the others, and answers for all of them. */
import cluster, { type Worker } from "node:cluster";
import { implement, parseIdentity, serve } from "zserver";
import { Desk, Watcher } from "../../generated/example/bench/v1/bench.ts";
import { lowOfBigint, sumEvent } from "../codec/sums.ts";
import { bigints, event } from "../codec/values.ts";
import { turnOfSum } from "../rpc/contender.ts";
import { collectGarbage, usage } from "../support/usage.ts";
import type { ServerInit, ServerState, ServerTask } from "./tasks.ts";

const { processes, listen, identity } = JSON.parse(process.argv[2]!) as ServerInit;

const desk = implement(Desk, {
  echo: (request) => event(turnOfSum(sumEvent(request, lowOfBigint)), bigints),
  note: (request) => void turnOfSum(sumEvent(request, lowOfBigint)),
});

const server = await serve({
  processes,
  listen,
  identity: parseIdentity(identity),
  handlers: [desk],
  services: [Watcher],
  onSession: (session) => void server.group("everybody").join(session),
});
const everybody = server.group("everybody");

type Look = Extract<ServerTask, { readonly kind: "look" }>;

function look({ collected }: Look): ServerState {
  if (collected) collectGarbage();
  return { pid: process.pid, sessions: everybody.size, ...usage() };
}

/** A process that the first one has started. */
function ask(worker: Worker, question: Look): Promise<ServerState> {
  return new Promise((resolve, reject) => {
    const heard = (message: { readonly state?: ServerState }): void => {
      if (message.state === undefined) return;
      worker.off("message", heard);
      resolve(message.state);
    };
    worker.on("message", heard).once("exit", () => reject(new Error(`process ${worker.process.pid} ended before it answered`)));
    worker.send(question);
  });
}

const lookAtAll = (question: Look): Promise<ServerState[]> =>
  Promise.all([look(question), ...Object.values(cluster.workers ?? {}).map((worker) => ask(worker!, question))]);

async function kill(): Promise<ServerState> {
  const [, ...serving] = await lookAtAll({ kind: "look", collected: false });
  const doomed = serving.reduce((most, each) => (each.sessions > most.sessions ? each : most));
  process.kill(doomed.pid, "SIGKILL");
  return doomed;
}

async function perform(task: ServerTask): Promise<unknown> {
  if (task.kind === "look") return lookAtAll(task);
  if (task.kind === "kill") return kill();
  server.broadcast(Watcher, everybody).heard(event(task.turn, bigints));
  return true;
}

if (cluster.isPrimary) {
  process.on("message", (task: ServerTask) => void perform(task).then((answer) => process.send!(answer)));
  process.on("disconnect", () => process.exit());
  // What the processes reach each other by goes with the first of them, when that ends in order.
  process.on("SIGTERM", () => process.exit());
  process.send!({ endpoints: server.endpoints, serverKey: server.serverKey });
} else {
  process.on("message", (message: Partial<Look>) => {
    if (message.kind === "look") process.send!({ state: look(message as Look) });
  });
}
