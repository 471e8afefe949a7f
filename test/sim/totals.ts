import type { SimResult } from "./world.ts";

/** What many worlds came to together. */
export interface SimTotals {
  seeds: number;
  commands: number;
  cuts: number;
  resumes: number;
  moves: number;
  lost: number;
  /** Of the seeds whose worlds broke a rule. */
  readonly failures: SimResult[];
}

export function noTotals(): SimTotals {
  return { seeds: 0, commands: 0, cuts: 0, resumes: 0, moves: 0, lost: 0, failures: [] };
}

export function addResult(totals: SimTotals, result: SimResult): void {
  totals.seeds++;
  totals.commands += result.commands;
  totals.cuts += result.cuts;
  totals.resumes += result.resumes;
  totals.moves += result.moves;
  totals.lost += result.lost;
  if (result.violations.length > 0) totals.failures.push(result);
}

export function describeTotals({ seeds, commands, cuts, resumes, moves, lost, failures }: SimTotals): string {
  return `${seeds} seeds: ${commands} commands, ${cuts} cuts, ${resumes} resumes, ${moves} moves, ${lost} sessions lost, ${failures.length} seeds with violations`;
}

/** What is wrong with one seed, and how to see it again. */
export function describeFailure({ seed, violations, trace }: SimResult, traceLines: number): string {
  const shown = violations.slice(0, 5).map((violation) => `  ${violation}`);
  const more = violations.length > 5 ? [`  and ${violations.length - 5} more`] : [];
  const lines = trace.slice(-traceLines).map((line) => `    ${line}`);
  return [`seed ${seed} (npm run sim -- --seed ${seed}):`, ...shown, ...more, ...lines].join("\n");
}
