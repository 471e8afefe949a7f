/** Much from a client to its server, as a stream of chunks over one connection: how much a second, and what it costs each side. */
import { choose, hold } from "../support/contest.ts";
import type { BenchOptions } from "../support/options.ts";
import type { Report } from "../support/report.ts";
import { pouringNames } from "./contenders.ts";
import { BulkPair } from "./pair.ts";
import { KIB, MIB, megabytesASecond } from "./sizes.ts";

const chunks: ReadonlyMap<string, number> = new Map([
  ["chunks of 64 KiB", 64 * KIB],
  ["chunks of 1 MiB", MIB],
]);

export function run(options: BenchOptions): Promise<Report> {
  const whole = options.quick ? 16 : 256;
  return hold(
    {
      subject: "zserver-tcp",
      contenders: choose(pouringNames, options, () => true),
      rows: [...chunks.keys()],
      metrics: [
        { name: "", unit: "MB a second", more: true },
        { name: "client", unit: "µs of CPU time a MiB", more: false },
        { name: "server", unit: "µs of CPU time a MiB", more: false },
      ],
      notes: [`${whole} MiB a sample, all of which the server has counted; each contender waits for room as its documentation says.`],
      start: (name) => BulkPair.start(name),
      async sample(pair, row, warming) {
        const chunk = chunks.get(row)!;
        const mebibytes = warming ? whole / 4 : whole;
        const { milliseconds, cpu, serverCpu } = await pair.perform({
          chunk,
          chunks: (mebibytes * MIB) / chunk,
          asking: false,
          milliseconds: 0,
        });
        return [megabytesASecond(mebibytes * MIB, milliseconds), cpu / mebibytes, serverCpu / mebibytes];
      },
    },
    options,
  );
}
