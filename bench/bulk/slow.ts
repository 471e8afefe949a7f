/** What much that comes faster than its reader takes it costs the server in memory. */
import { choose } from "../support/contest.ts";
import type { BenchOptions } from "../support/options.ts";
import type { Report } from "../support/report.ts";
import { measureRows } from "../support/rounds.ts";
import { slowNames } from "./contenders.ts";
import { BulkPair } from "./pair.ts";
import { KIB, MIB, megabytesASecond } from "./sizes.ts";

const CHUNK = 64 * KIB;

/** Both processes are new: what a resident set once was says nothing about a second transfer. */
async function pour(name: string, bytes: number): Promise<readonly number[]> {
  const pair = (await BulkPair.start(name))!;
  try {
    const quiet = await pair.perform({ chunk: CHUNK, chunks: 1, asking: false, milliseconds: 0 });
    const done = await pair.perform({ chunk: CHUNK, chunks: bytes / CHUNK, asking: false, milliseconds: 0 });
    return [done.serverPeakRss / MIB, quiet.serverPeakRss / MIB, megabytesASecond(bytes, done.milliseconds)];
  } finally {
    pair.stop();
  }
}

export async function run(options: BenchOptions): Promise<Report> {
  const whole = options.quick ? 64 : 2_048;
  const names = choose(slowNames, options, () => true);
  const metrics = [
    { name: "peak", unit: "MiB of the server's resident set", more: false },
    { name: "peak before", unit: "MiB of it", more: false },
    { name: "", unit: "MB a second", more: true },
  ];
  const sample = (_: string, name: string): Promise<readonly number[]> => pour(name, whole * MIB);
  return {
    subject: slowNames[0]!,
    rows: await measureRows(["a slow server"], names, metrics, options.quick ? 1 : options.rounds, sample, options.quick ? 0 : 3),
    notes: [`${whole} MiB in chunks of 64 KiB; the server rests for a millisecond after each 256 KiB. "before": when it had one chunk.`],
  };
}
