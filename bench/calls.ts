/** Calls with one, 64 and 1,024 callers over one connection: how many a second, how long they take, and what they cost each side. */
import { measure, type RpcMetric } from "./rpc/measure.ts";
import type { BenchOptions } from "./support/options.ts";
import type { Report } from "./support/report.ts";

const metrics: readonly RpcMetric[] = [
  { name: "", unit: "calls a second", more: true, of: ({ count, milliseconds }) => (count * 1000) / milliseconds },
  { name: "p50", unit: "ms", more: false, of: ({ p50 }) => p50 },
  { name: "p99", unit: "ms", more: false, of: ({ p99 }) => p99 },
  { name: "client", unit: "µs of CPU time a call", more: false, of: ({ cpu, count }) => cpu / count },
  { name: "server", unit: "µs of CPU time a call", more: false, of: ({ serverCpu, count }) => serverCpu / count },
];

export const run = (options: BenchOptions): Promise<Report> =>
  measure(
    {
      tasks: new Map([1, 64, 1_024].map((callers) => [callers === 1 ? "1 caller" : `${callers} callers`, { kind: "calls", callers }])),
      metrics,
      wants: () => true,
      notes: ["Request and reply are an event of 60 bytes, built anew for each call; every field is read on both sides."],
    },
    options,
  );
