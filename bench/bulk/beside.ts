/** Small requests while much flows over the same connection, and each without the other: what they do to each other. */
import { choose, hold } from "../support/contest.ts";
import type { BenchOptions } from "../support/options.ts";
import type { Report } from "../support/report.ts";
import { besideNames } from "./contenders.ts";
import { BulkPair } from "./pair.ts";
import { KIB, MIB, megabytesASecond } from "./sizes.ts";
import type { BulkTask } from "./tasks.ts";

const CHUNK = 64 * KIB;

export function run(options: BenchOptions): Promise<Report> {
  const whole = (options.quick ? 16 : 1_024) * MIB;
  const bulk = { chunk: CHUNK, milliseconds: 0 };
  const quiet: BulkTask = { ...bulk, chunks: 0, asking: true, milliseconds: options.quick ? 300 : 2_000 };
  return hold(
    {
      subject: besideNames[0]!,
      contenders: choose(besideNames, options, () => true),
      rows: ["a connection"],
      metrics: [
        { name: "quiet p99", unit: "ms a request", more: false },
        { name: "p99 beside bulk", unit: "ms a request", more: false },
        { name: "bulk alone", unit: "MB a second", more: true },
        { name: "bulk beside requests", unit: "MB a second", more: true },
        { name: "bulk kept", unit: "of its speed alone", more: true },
      ],
      notes: [
        `${whole / MIB} MiB in chunks of 64 KiB; a request of 60 bytes 2 ms after each answer. "behind": the stream has the class BULK, else that of the requests.`,
      ],
      start: (name) => BulkPair.start(name),
      async sample(pair, _, warming) {
        const bytes = warming ? whole / 4 : whole;
        const pouring = { ...bulk, chunks: bytes / CHUNK };
        const rate = (milliseconds: number): number => megabytesASecond(bytes, milliseconds);
        const before = await pair.perform(quiet);
        const alone = await pair.perform({ ...pouring, asking: false });
        const beside = await pair.perform({ ...pouring, asking: true });
        const [fast, slower] = [rate(alone.milliseconds), rate(beside.milliseconds)];
        return [before.p99, beside.p99, fast, slower, slower / fast];
      },
    },
    options,
  );
}
