import type { BenchOptions } from "./options.ts";
import type { Report } from "./report.ts";
import { type Metric, measureRows } from "./rounds.ts";

/** A contender whose processes run. */
export interface Running {
  readonly name: string;
  stop(): void;
}

/** What is measured with processes that stay for all rounds. */
export interface Contest<Contender extends Running> {
  /** Whom the others are compared with. */
  readonly subject: string;
  readonly contenders: readonly string[];
  readonly rows: readonly string[];
  readonly metrics: readonly Metric[];
  readonly notes: readonly string[];
  /** Undefined when a package that it needs is not installed. */
  start(name: string): Promise<Contender | undefined>;
  /** Whether it can do what is measured. */
  wants?(contender: Contender): boolean;
  /**
   * Measures a row once, for the first time with `warming`.
   *
   * @param samples how many there are in all, without those that are repeated
   */
  sample(contender: Contender, row: string, warming: boolean, samples: number): Promise<readonly number[]>;
}

/** One round for warming up, and those that count. */
export async function hold<Contender extends Running>(contest: Contest<Contender>, { rounds, quick }: BenchOptions): Promise<Report> {
  const { subject, contenders, rows, metrics, notes } = contest;
  const started = await Promise.all(contenders.map((name) => contest.start(name)));
  const missing = contenders.filter((_, index) => started[index] === undefined);
  const all = started.filter((running) => running !== undefined);
  try {
    const running = new Map(all.filter((one) => contest.wants?.(one) ?? true).map((one) => [one.name, one]));
    const samples = running.size * rows.length * (1 + rounds);
    const run = (count: number, warming: boolean, repeats: number) => {
      const sample = (row: string, name: string) => contest.sample(running.get(name)!, row, warming, samples);
      return measureRows(rows, [...running.keys()], metrics, count, sample, repeats);
    };
    await run(1, true, 0);
    return {
      subject,
      rows: await run(rounds, false, quick ? 0 : 3),
      notes: [...notes, "default options", ...missing.map((name) => `${name} is not installed: npm ci --prefix bench/peers`)],
    };
  } finally {
    for (const one of all) one.stop();
  }
}

export const missingNote = (name: string): string => `${name} is not installed: npm ci --prefix bench/peers`;

/**
 * The contenders to start: zserver's, and of the others those that `--peers` names, or `others` where it names none. Throws TypeError for a
 * peer that nobody knows.
 */
export function choose(names: readonly string[], { peers }: BenchOptions, others: (name: string) => boolean): readonly string[] {
  const unknown = peers?.find((peer) => !names.includes(peer));
  if (unknown !== undefined) throw new TypeError(`no peer is called ${unknown}; there are ${names.join(", ")}`);
  return names.filter((name) => name.startsWith("zserver") || (peers?.includes(name) ?? others(name)));
}
