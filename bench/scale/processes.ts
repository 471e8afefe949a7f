/** Calls over several connections to a server of one process and of two: how many a second, and what they cost. */
import { hold } from "../support/contest.ts";
import type { BenchOptions } from "../support/options.ts";
import type { Report } from "../support/report.ts";
import { Crew, quantile, sumOf } from "./crew.ts";

/** Processes of clients, connections of each, and callers over each connection. */
const CLIENTS = 2;
const CONNECTIONS = 8;
const CALLERS = 64;

const contenders = ["1 process", "2 processes"] as const;

export function run(options: BenchOptions): Promise<Report> {
  const { quick } = options;
  return hold(
    {
      subject: contenders[1],
      contenders,
      rows: ["calls"],
      metrics: [
        { name: "", unit: "calls a second", more: true },
        { name: "p50", unit: "ms", more: false },
        { name: "p99", unit: "ms", more: false },
        { name: "client", unit: "µs of CPU time a call", more: false },
        { name: "server", unit: "µs of CPU time a call", more: false },
      ],
      notes: [
        `${CONNECTIONS} connections over TCP from each of ${CLIENTS} processes, ${CALLERS} callers over each; a connection stays with one process. The event of \`calls\`.`,
        "Server and clients share the machine: with no more cores than processes, calls a second say what all of them have, and CPU time what a call costs.",
      ],
      async start(name) {
        const crew = await Crew.start({
          servers: contenders.indexOf(name as (typeof contenders)[number]) + 1,
          clients: CLIENTS,
          scheme: "tcp",
        });
        await crew.work(() => ({ kind: "open", sessions: CONNECTIONS }));
        return { name, crew, stop: () => crew.stop() };
      },
      async sample({ crew }, _, warming) {
        const before = await crew.look();
        const milliseconds = quick || warming ? 500 : 2_000;
        const done = await crew.work(() => ({ kind: "press", callers: CALLERS, milliseconds }));
        const after = await crew.look();
        const { length } = done.latencies;
        const serverCpu = sumOf(after, ({ cpu }) => cpu) - sumOf(before, ({ cpu }) => cpu);
        return [(length * 1_000) / done.milliseconds, quantile(done, 0.5), quantile(done, 0.99), done.cpu / length, serverCpu / length];
      },
    },
    options,
  );
}
