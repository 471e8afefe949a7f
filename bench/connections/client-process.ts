/** The process of a contender's client: opens connections, and keeps or closes them as it is told. */
import type { RpcClient } from "../rpc/contender.ts";
import { loadContender } from "../rpc/contenders.ts";
import { usage } from "../support/usage.ts";
import type { ConnectionsDone, ConnectionsTask } from "./tasks.ts";

/** Connections that are made at the same time. */
const AT_ONCE = 32;

const [name, address] = process.argv.slice(2) as [string, string];
const contender = await loadContender(name);
const kept: RpcClient[] = [];

/** As many at the same time, while there are more to come. */
async function connect(more: () => boolean, ready: (client: RpcClient) => void | Promise<void>): Promise<number> {
  let count = 0;
  const connector = async (): Promise<void> => {
    while (more()) {
      count++;
      await ready(await contender.connect(address));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, connector));
  return count;
}

async function perform(task: ConnectionsTask): Promise<number> {
  if (task.kind === "connect") {
    const end = performance.now() + task.milliseconds;
    return connect(
      () => performance.now() < end,
      (client) => client.close(),
    );
  }
  let left = task.count;
  return connect(
    () => left-- > 0,
    async (client) => {
      kept.push(client);
      await client.call(0);
    },
  );
}

async function timed(task: ConnectionsTask): Promise<ConnectionsDone> {
  const { cpu } = usage();
  const start = performance.now();
  const count = await perform(task);
  return { count, milliseconds: performance.now() - start, cpu: usage().cpu - cpu };
}

process.on("message", (task: ConnectionsTask) => void timed(task).then((done) => process.send!(done)));
process.on("disconnect", () => process.exit());
process.send!(true);
