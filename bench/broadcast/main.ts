/** The same event for many clients: what each delivery costs the server. */
import { choose, hold } from "../support/contest.ts";
import type { BenchOptions } from "../support/options.ts";
import type { Report } from "../support/report.ts";
import { contenderNames } from "./contenders.ts";
import { BroadcastPair } from "./pair.ts";

/** Milliseconds from one broadcast to the next. */
const pauses: ReadonlyMap<string, number> = new Map([
  ["one behind the other", 0],
  ["20 a second", 50],
]);

export function run(options: BenchOptions): Promise<Report> {
  const broadcasts = options.quick ? 10 : 60;
  const clients = options.quick ? 500 : 1_000;
  const rows = [...pauses.keys()];
  return hold(
    {
      subject: "zserver-ws",
      contenders: choose(contenderNames, options, () => true),
      rows: options.quick ? rows.slice(0, 1) : rows,
      metrics: [{ name: "server", unit: "µs of CPU time a delivery", more: false }],
      notes: [
        `An event of 60 bytes for ${clients} clients in one process, ${broadcasts} times; each is sent when all clients have heard the last one, and acknowledgements are waited for.`,
      ],
      start: (name) => BroadcastPair.start(name, clients),
      sample: async (pair, row) => [await pair.measure(broadcasts, pauses.get(row)!)],
    },
    options,
  );
}
