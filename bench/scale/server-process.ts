/** The program of a server: its first process starts the others, and answers for all of them. */
import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
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

/** Those that the first process has started, from when they take questions: what is said to them before is lost. */
const serving = new Set<Worker>();
let tellAll: () => void = () => {};
cluster.on("message", (worker, message: { readonly serves?: boolean }) => {
  if (message.serves !== true) return;
  serving.add(worker);
  if (serving.size === processes) tellAll();
});
cluster.on("exit", (worker) => void serving.delete(worker));

/** Resolves when as many serve as should. */
const allServe = (): Promise<void> =>
  new Promise((resolve) => {
    if (processes === 1 || serving.size === processes) resolve();
    else tellAll = resolve;
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

function ask(worker: Worker, question: Look): Promise<ServerState> {
  return new Promise((resolve, reject) => {
    const settle = (tell: () => void): void => {
      worker.off("message", heard).off("exit", ended);
      tell();
    };
    const heard = ({ state }: { readonly state?: ServerState }): void => {
      if (state !== undefined) settle(() => resolve(state));
    };
    const ended = (): void => settle(() => reject(new Error(`process ${worker.process.pid} ended before it answered`)));
    worker.on("message", heard).on("exit", ended);
    worker.send(question);
  });
}

const lookAtAll = (question: Look): Promise<ServerState[]> =>
  Promise.all([look(question), ...Array.from(serving, (worker) => ask(worker, question))]);

/** Resolves when it is gone. */
async function kill(): Promise<ServerState> {
  const states = await Promise.all(
    Array.from(serving, async (worker) => ({ worker, state: await ask(worker, { kind: "look", collected: false }) })),
  );
  const { worker, state } = states.reduce((most, each) => (each.state.sessions > most.state.sessions ? each : most));
  const gone = once(worker, "exit");
  worker.process.kill("SIGKILL");
  await gone;
  return state;
}

async function perform(task: ServerTask): Promise<unknown> {
  if (task.kind === "look") return lookAtAll(task);
  if (task.kind === "kill") return kill();
  if (task.kind === "recover") return allServe().then(() => true);
  server.broadcast(Watcher, everybody).heard(event(task.turn, bigints));
  return true;
}

if (cluster.isPrimary) {
  process.on("message", (task: ServerTask) => void perform(task).then((answer) => process.send!(answer)));
  process.on("disconnect", () => process.exit());
  // What the processes reach each other by goes with the first of them, when that ends in order.
  process.on("SIGTERM", () => process.exit());
  await allServe();
  process.send!({ endpoints: server.endpoints, serverKey: server.serverKey });
} else {
  process.on("message", (message: Partial<Look>) => {
    if (message.kind === "look") process.send!({ state: look(message as Look) });
  });
  process.send!({ serves: true });
}
