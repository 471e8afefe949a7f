/** Where the time of one call goes, and of one message without an answer, on both sides: what `node --cpu-prof` sees, by phase. */
import { Pair } from "./rpc/pair.ts";
import { phases } from "./rpc/phases.ts";
import type { TimeByPhase } from "./rpc/profiler.ts";
import type { Task } from "./rpc/tasks.ts";
import { figureOf } from "./support/figure.ts";
import type { BenchOptions } from "./support/options.ts";
import type { Report } from "./support/report.ts";
import type { Row } from "./support/rounds.ts";

/** A part of a call or message, in µs of the process's time. */
const metric = { name: "", unit: "µs", more: false };

const tasks: ReadonlyMap<string, Omit<Task, "milliseconds">> = new Map([
  ["1 caller", { kind: "calls", callers: 1 }],
  ["64 callers", { kind: "calls", callers: 64 }],
  ["1024 callers", { kind: "calls", callers: 1_024 }],
  ["one-way", { kind: "notes", callers: 1 }],
]);

export async function run({ quick }: BenchOptions): Promise<Report> {
  const pair = (await Pair.start("zserver-tcp"))!;
  try {
    const rows: Row[] = [];
    for (const [name, task] of tasks) rows.push(...(await profiled(pair, name, { ...task, milliseconds: quick ? 1_000 : 4_000 })));
    return {
      subject: undefined,
      rows,
      notes: [
        "The path of a call, and of a message without an answer, over TCP, sealed, with default options. The profiler itself slows each; read the parts, not the sums.",
        "What is native counts to its caller. `measurement`: the caller that makes and reads messages, and the handler that does. Percentages leave idle time out.",
      ],
    };
  } finally {
    pair.stop();
  }
}

async function profiled(pair: Pair, name: string, task: Task): Promise<Row[]> {
  await pair.perform({ ...task, milliseconds: 1_000 });
  const { count, client, server } = await pair.profile(task);
  const sides = { client, server };
  return phases.map((phase) => {
    const share = (times: TimeByPhase): string => (phase === "idle" ? "" : `${((100 * (times[phase] ?? 0)) / busy(times)).toFixed(1)} %`);
    const figures = new Map(
      Object.entries(sides).map(([side, times]) => [`${side} ${share(times)}`.trim(), figureOf([(times[phase] ?? 0) / count])]),
    );
    return { name: `${name}, ${phase}`, metric, figures };
  });
}

const busy = (times: TimeByPhase): number => phases.reduce((sum, phase) => sum + (phase === "idle" ? 0 : (times[phase] ?? 0)), 0);
