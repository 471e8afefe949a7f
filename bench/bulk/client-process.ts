/** The process of a contender's client: connects, and pours and asks as it is told. */
import { setTimeout } from "node:timers/promises";
import { Latencies } from "../rpc/latencies.ts";
import { usage } from "../support/usage.ts";
import type { BulkClient } from "./contender.ts";
import { loadContender } from "./contenders.ts";
import type { BulkDone, BulkTask } from "./tasks.ts";

/** Milliseconds between an answer and the next request. */
const PAUSE = 2;

async function pour(client: BulkClient, size: number, count: number): Promise<void> {
  const bytes = await client.pour(Buffer.alloc(size, 0x5a), count);
  if (bytes !== size * count) throw new Error(`of ${size * count} bytes, ${bytes} arrived`);
}

async function ask(client: BulkClient, over: () => boolean): Promise<Latencies> {
  const latencies = new Latencies();
  while (!over()) {
    const start = performance.now();
    await client.ask!();
    latencies.add(performance.now() - start);
    await setTimeout(PAUSE);
  }
  return latencies;
}

async function perform(client: BulkClient, { chunk, chunks, asking, milliseconds }: BulkTask): Promise<BulkDone> {
  const { cpu } = usage();
  const start = performance.now();
  let over = false;
  const asked = asking ? ask(client, () => over) : undefined;
  await (chunks === 0 ? setTimeout(milliseconds) : pour(client, chunk, chunks));
  const taken = performance.now() - start;
  over = true;
  const [p99 = 0] = (await asked)?.quantiles(0.99) ?? [];
  return { milliseconds: taken, p99, cpu: usage().cpu - cpu };
}

const [name, address] = process.argv.slice(2) as [string, string];
const client = await (await loadContender(name)).connect(address);
process.on("message", (task: BulkTask) => void perform(client, task).then((done) => process.send!(done)));
process.on("disconnect", () => process.exit());
process.send!(true);
