/** The process of a contender's client: connects, and does what it is asked to. */
import { setImmediate } from "node:timers/promises";
import { sumOfTurn, type RpcClient } from "./contender.ts";
import { loadContender } from "./contenders.ts";
import { answering } from "./profiler.ts";
import { Latencies } from "./latencies.ts";
import { paced } from "./paced.ts";
import type { Done, Task } from "./tasks.ts";

/** Notes between two turns of the event loop. */
const BURST = 1_024;

let turn = 0;

/** Each caller calls again when it has its answer. */
async function calls(client: RpcClient, callers: number, end: number): Promise<Latencies> {
  const latencies = new Latencies();
  const caller = async (): Promise<void> => {
    for (let start = performance.now(); start < end; start = performance.now()) {
      const mine = turn++;
      if ((await client.call(mine)) !== sumOfTurn(mine)) throw new Error("an answer belongs to another call");
      latencies.add(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return latencies;
}

/** Calls that are due at a fixed rate; each one's time runs from when it was due. Between two looks at the clock there is one turn of the event loop. */
async function load(client: RpcClient, rate: number, open: number, milliseconds: number): Promise<Latencies> {
  const latencies = new Latencies();
  const all = Math.floor((milliseconds * rate) / 1000);
  await paced({ rate, open, more: (begun) => begun < all, pause: setImmediate }, async (dueAt) => {
    const mine = turn++;
    if ((await client.call(mine)) !== sumOfTurn(mine)) throw new Error("an answer belongs to another call");
    latencies.add(performance.now() - dueAt);
  });
  return latencies;
}

async function notes(client: RpcClient, end: number): Promise<number> {
  let count = 0;
  for (; performance.now() < end; count += BURST) {
    for (let i = 0; i < BURST; i++) {
      const room = client.note!(turn++);
      if (room !== undefined) await room;
    }
    await setImmediate();
  }
  return count;
}

async function perform(client: RpcClient, { kind, callers, rate = 0, milliseconds }: Task): Promise<Done> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const end = start + milliseconds;
  const latencies =
    kind === "calls" ? await calls(client, callers, end) : kind === "load" ? await load(client, rate, callers, milliseconds) : undefined;
  const count = latencies?.count ?? (await notes(client, end));
  const taken = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const [p50, p99] = latencies?.quantiles(0.5, 0.99) ?? [0, 0];
  return { count, milliseconds: taken, p50: p50!, p99: p99!, cpu: user + system };
}

const [name, address] = process.argv.slice(2) as [string, string];
const client = await (await loadContender(name)).connect(address);
const answer = answering<Task>((task) => void perform(client, task).then((done) => process.send!(done)));
process.on("message", answer);
process.on("disconnect", () => process.exit());
process.send!("note" in client);
