import { choose, hold } from "../support/contest.ts";
import type { BenchOptions } from "../support/options.ts";
import type { Report } from "../support/report.ts";
import type { Metric } from "../support/rounds.ts";
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

/** With `quick`: those that the time suffices for. */
const quickNames: readonly string[] = ["zserver-tcp", "zserver-ws", "net-batch", "ws", "ws-batch"];

/** How long a sample takes. */
const FULL_MS = 1_000;
/** The same with `quick`: less where there are so many contenders that all would take longer than they should. */
const QUICK_MS = 400;
const QUICK_RUN_MS = 26_000;

export function measure({ tasks, metrics, wants, notes }: Measurement, options: BenchOptions): Promise<Report> {
  const { quick } = options;
  return hold(
    {
      subject: "zserver-tcp",
      contenders: choose(contenderNames, options, (name) => !quick || quickNames.includes(name) || !installed.includes(name)),
      rows: [...tasks.keys()],
      metrics,
      notes,
      start: (name) => Pair.start(name),
      wants,
      async sample(pair, row, _warming, samples) {
        const milliseconds = quick ? Math.min(QUICK_MS, QUICK_RUN_MS / samples) : FULL_MS;
        const measured = await pair.perform({ ...tasks.get(row)!, milliseconds });
        return metrics.map((metric) => metric.of(measured));
      },
    },
    options,
  );
}
