import type { BenchOptions } from "../support/options.ts";
import type { Report } from "../support/report.ts";
import { type Metric, measureRows } from "../support/rounds.ts";
import { contenderNames, installed } from "./contenders.ts";
import { type Measured, Pair } from "./pair.ts";
import type { Task } from "./tasks.ts";

/** A figure of a task. */
export interface RpcMetric extends Metric {
  of(measured: Measured): number;
}

/** What is measured: each task with each contender that there is. */
export interface Measurement {
  /** By the name of its row. */
  readonly tasks: ReadonlyMap<string, Omit<Task, "milliseconds">>;
  readonly metrics: readonly RpcMetric[];
  readonly wants: (pair: Pair) => boolean;
  readonly notes: readonly string[];
}

const SUBJECT = "zserver-tcp";

/** With `quick`: those that the time suffices for. */
const quickNames: readonly string[] = ["zserver-tcp", "zserver-ws", "net-batch", "ws", "ws-batch"];

export async function measure({ tasks, metrics, wants, notes }: Measurement, options: BenchOptions): Promise<Report> {
  const { rounds, quick } = options;
  const wanted = chosen(options);
  const started = await Promise.all(wanted.map((name) => Pair.start(name)));
  const missing = wanted.filter((_, index) => started[index] === undefined);
  const all = started.filter((pair) => pair !== undefined);
  try {
    const pairs = new Map(all.filter(wants).map((pair) => [pair.name, pair]));
    const run = (count: number, milliseconds: number, repeats: number) =>
      measureRows(
        [...tasks.keys()],
        [...pairs.keys()],
        metrics,
        count,
        async (row, name) => {
          const measured = await pairs.get(name)!.perform({ ...tasks.get(row)!, milliseconds });
          return metrics.map((metric) => metric.of(measured));
        },
        repeats,
      );
    await run(1, quick ? 300 : 1_000, 0);
    const rows = await run(rounds, quick ? 400 : 1_000, quick ? 0 : 3);
    const absent = missing.map((name) => `${name} is not installed: npm ci --prefix bench/peers`);
    return {
      subject: SUBJECT,
      rows,
      notes: [...notes, `default options; flags of Node: ${process.env.NODE_OPTIONS ?? "none"}`, ...absent],
    };
  } finally {
    for (const pair of all) pair.stop();
  }
}

/** Throws TypeError for a peer that nobody knows. */
function chosen({ peers, quick }: BenchOptions): readonly string[] {
  const unknown = peers?.find((peer) => !contenderNames.includes(peer));
  if (unknown !== undefined) throw new TypeError(`no peer is called ${unknown}; there are ${contenderNames.join(", ")}`);
  return contenderNames.filter((name) => {
    if (name.startsWith("zserver")) return true;
    return peers?.includes(name) ?? (!quick || quickNames.includes(name) || !installed.includes(name));
  });
}
