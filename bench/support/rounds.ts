import { type Figure, figureOf, isSteady } from "./figure.ts";

/** One of the figures that a measurement gives. */
export interface Metric {
  /** Empty where there is only one. */
  readonly name: string;
  readonly unit: string;
  /** Whether larger figures are better. */
  readonly more: boolean;
}

export interface Row {
  readonly name: string;
  readonly metric: Metric;
  /** By contender. */
  readonly figures: ReadonlyMap<string, Figure>;
}

/** Measures one row with one contender, once, in the round that is told: a number for each metric. */
export type Sample = (row: string, contender: string, round: number) => readonly number[] | Promise<readonly number[]>;

/**
 * Measures every row in so many rounds. Within a round the contenders take turns, in reversed order every other time, so that whatever
 * disturbs the machine disturbs all of them. A row with an unsteady figure is measured again as a whole; what stays unsteady is for the
 * report to say.
 *
 * @param repeats how often a row is measured anew while one of its figures is unsteady
 */
export async function measureRows(
  rows: readonly string[],
  contenders: readonly string[],
  metrics: readonly Metric[],
  rounds: number,
  sample: Sample,
  repeats = 3,
): Promise<Row[]> {
  const measured = new Map<string, readonly Row[]>();
  let wanted = rows;
  for (let attempt = 0; attempt <= repeats && wanted.length > 0; attempt++) {
    for (const [row, made] of await inTurns(wanted, contenders, metrics, rounds, sample)) measured.set(row, made);
    wanted = rows.filter((row) => !measured.get(row)!.every(({ figures }) => [...figures.values()].every(isSteady)));
  }
  return rows.flatMap((row) => measured.get(row)!);
}

async function inTurns(
  rows: readonly string[],
  contenders: readonly string[],
  metrics: readonly Metric[],
  rounds: number,
  sample: Sample,
): Promise<[row: string, Row[]][]> {
  const samples = rows.map(() => contenders.map((): (readonly number[])[] => []));
  for (let round = 0; round < rounds; round++) {
    const order = contenders.map((_, index) => (round % 2 === 0 ? index : contenders.length - 1 - index));
    for (const [at, row] of rows.entries())
      for (const index of order) samples[at]![index]!.push(await sample(row, contenders[index]!, round));
  }
  return rows.map((name, at) => [
    name,
    metrics.map((metric, place) => ({
      name,
      metric,
      figures: new Map(contenders.map((contender, index) => [contender, figureOf(samples[at]![index]!.map((sample) => sample[place]!))])),
    })),
  ]);
}
