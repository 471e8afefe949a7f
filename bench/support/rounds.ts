import { type Figure, figureOf, isSteady } from "./figure.ts";

export interface Row {
  readonly name: string;
  /** By contender. */
  readonly figures: ReadonlyMap<string, Figure>;
}

/** Measures one row with one contender, once. */
export type Sample = (row: string, contender: string) => number | Promise<number>;

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
  rounds: number,
  sample: Sample,
  repeats = 3,
): Promise<Row[]> {
  const measured = new Map<string, Row>();
  let wanted = rows;
  for (let attempt = 0; attempt <= repeats && wanted.length > 0; attempt++) {
    for (const row of await inTurns(wanted, contenders, rounds, sample)) measured.set(row.name, row);
    wanted = rows.filter((name) => ![...measured.get(name)!.figures.values()].every(isSteady));
  }
  return rows.map((name) => measured.get(name)!);
}

async function inTurns(rows: readonly string[], contenders: readonly string[], rounds: number, sample: Sample): Promise<Row[]> {
  const samples = rows.map(() => contenders.map((): number[] => []));
  for (let round = 0; round < rounds; round++) {
    const order = contenders.map((_, index) => (round % 2 === 0 ? index : contenders.length - 1 - index));
    for (const [at, row] of rows.entries()) for (const index of order) samples[at]![index]!.push(await sample(row, contenders[index]!));
  }
  return rows.map((name, at) => ({
    name,
    figures: new Map(contenders.map((contender, index) => [contender, figureOf(samples[at]![index]!)])),
  }));
}
