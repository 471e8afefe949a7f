/** How long calls take that are due at a fixed rate, whatever became of those before them: what callers see who do not wait for each other. */
import { measure, type RpcMetric } from "./rpc/measure.ts";
import type { BenchOptions } from "./support/options.ts";
import type { Report } from "./support/report.ts";

/** Calls a second. With `quick` without the last: who cannot answer so many takes ten times as long as a sample should. */
const rates: readonly number[] = [1_000, 10_000, 50_000];
/** Calls that are open at the same time. Who is slower than the rate has more of them wait, and their waiting counts. */
const OPEN = 8_192;

const metrics: readonly RpcMetric[] = [
  { name: "p50", unit: "ms", more: false, of: ({ p50 }) => p50 },
  { name: "p99", unit: "ms", more: false, of: ({ p99 }) => p99 },
  { name: "answered", unit: "calls a second", more: true, of: ({ count, milliseconds }) => (count * 1000) / milliseconds },
  { name: "server", unit: "µs of CPU time a call", more: false, of: ({ serverCpu, count }) => serverCpu / count },
];

export const run = (options: BenchOptions): Promise<Report> =>
  measure(
    {
      tasks: new Map(
        rates
          .slice(0, options.quick ? -1 : undefined)
          .map((rate) => [`${rate.toLocaleString("en")} calls a second`, { kind: "load", callers: OPEN, rate }]),
      ),
      metrics,
      wants: () => true,
      notes: [
        "Request and reply are an event of 60 bytes, built anew for each call; every field is read on both sides.",
        "A call's time runs from when it was due, not from when it was sent; the client looks at the clock in every turn of its event loop.",
      ],
    },
    options,
  );
