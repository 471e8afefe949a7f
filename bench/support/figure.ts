/** What became of one figure in several rounds. */
export interface Figure {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** How far minimum and maximum may lie from the median, as a part of it, for a figure to be reported. */
const tolerance = 0.25;

export function figureOf(samples: readonly number[]): Figure {
  const sorted = [...samples].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1]!, min: sorted[0]!, max: sorted.at(-1)! };
}

/** Whether the machine was quiet enough for the figure to mean something. */
export function isSteady({ median, min, max }: Figure): boolean {
  return min >= median * (1 - tolerance) && max <= median * (1 + tolerance);
}
