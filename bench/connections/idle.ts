/** What a connection on which nothing happens costs the server in memory. */
import { setTimeout } from "node:timers/promises";
import { choose, missingNote } from "../support/contest.ts";
import type { BenchOptions } from "../support/options.ts";
import type { Report } from "../support/report.ts";
import { measureRows } from "../support/rounds.ts";
import { ConnectionsPair } from "./pair.ts";

const contenderNames: readonly string[] = ["zserver-ws", "ws", "wss", "socket.io", "capnweb", "trpc"];

/** Milliseconds until what a connection needs only at its start is gone. */
const SETTLING = 1_000;

/** Bytes of the server's resident set that each of so many connections adds. Both processes are new, so that no memory of others is used again. */
async function bytesEach(name: string, count: number): Promise<number> {
  const pair = (await ConnectionsPair.start(name))!;
  try {
    // What the first ones load stays.
    await pair.perform({ kind: "open", count: 32 });
    const before = await pair.server({ collected: true });
    await pair.perform({ kind: "open", count });
    await setTimeout(SETTLING);
    const after = await pair.server({ collected: true });
    return (after.rss - before.rss) / count;
  } finally {
    pair.stop();
  }
}

/** False when a package that it needs is not installed. */
async function isInstalled(name: string): Promise<boolean> {
  const pair = await ConnectionsPair.start(name);
  pair?.stop();
  return pair !== undefined;
}

export async function run(options: BenchOptions): Promise<Report> {
  const count = options.quick ? 2_000 : 19_000;
  const wanted = choose(contenderNames, options, () => true);
  const installed = new Map(await Promise.all(wanted.map(async (name) => [name, await isInstalled(name)] as const)));
  const names = wanted.filter((name) => installed.get(name));
  const metrics = [{ name: "", unit: "bytes of the server's resident set", more: false }];
  const sample = async (_: string, name: string): Promise<readonly number[]> => [await bytesEach(name, count)];
  return {
    subject: "zserver-ws",
    rows: await measureRows(["an idle connection"], names, metrics, options.quick ? 1 : options.rounds, sample, options.quick ? 0 : 3),
    notes: [
      `${count} connections from one process to another, each of which was called once; garbage is collected before memory is looked at.`,
      "default options; a process may hold 20,000 descriptors: ulimit -n",
      ...wanted.filter((name) => !installed.get(name)).map(missingNote),
    ],
  };
}
