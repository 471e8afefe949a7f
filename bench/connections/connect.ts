/** Full handshakes: how many connections a second are opened and closed, and what they cost each side. */
import { choose, hold } from "../support/contest.ts";
import type { BenchOptions } from "../support/options.ts";
import type { Report } from "../support/report.ts";
import { ConnectionsPair } from "./pair.ts";

/** Of those of `calls`; what others do when they connect is not a handshake. */
const contenderNames: readonly string[] = ["zserver-ws", "zserver-tcp", "net", "tls", "ws", "wss"];

export function run(options: BenchOptions): Promise<Report> {
  return hold(
    {
      subject: "zserver-ws",
      contenders: choose(contenderNames, options, () => true),
      rows: ["connect"],
      metrics: [
        { name: "", unit: "connections a second", more: true },
        { name: "client", unit: "µs of CPU time a connection", more: false },
        { name: "server", unit: "µs of CPU time a connection", more: false },
      ],
      notes: ["32 connections are made at the same time, without tickets or resumption, and closed when they are there."],
      start: (name) => ConnectionsPair.start(name),
      async sample(pair) {
        const before = await pair.server({ collected: false });
        const { count, milliseconds, cpu } = await pair.perform({ kind: "connect", milliseconds: options.quick ? 500 : 2_000 });
        const after = await pair.server({ collected: false });
        return [(count * 1_000) / milliseconds, cpu / count, (after.cpu - before.cpu) / count];
      },
    },
    options,
  );
}
