/** Messages without an answer, over one connection: how many a second the server has read, and what they cost each side. */
import { measure, type RpcMetric } from "./rpc/measure.ts";
import type { BenchOptions } from "./support/options.ts";
import type { Report } from "./support/report.ts";

const metrics: readonly RpcMetric[] = [
  { name: "", unit: "messages a second", more: true, of: ({ count, wholeMilliseconds }) => (count * 1000) / wholeMilliseconds },
  { name: "client", unit: "µs of CPU time a message", more: false, of: ({ cpu, count }) => cpu / count },
  { name: "server", unit: "µs of CPU time a message", more: false, of: ({ serverCpu, count }) => serverCpu / count },
];

export const run = (options: BenchOptions): Promise<Report> =>
  measure(
    {
      tasks: new Map([["one-way", { kind: "notes", callers: 1 }]]),
      metrics,
      wants: ({ takesNotes }) => takesNotes,
      notes: [
        "An event of 60 bytes, built anew for each message, every field of which the server reads; 1,024 a turn of the event loop, and none before there is room.",
      ],
    },
    options,
  );
