import type { BatchResult } from "./batch.ts";

/** What one target came to. */
export interface TargetTotals {
  inputs: number;
  ms: number;
  readonly outcomes: Map<string, number>;
  slowest: { seed: number; ms: number };
  peakBytes: number;
  /** Once all garbage was gone: after the first batch of a worker, and the most after a later one. */
  firstLeftBytes: number;
  lastLeftBytes: number;
}

export interface FuzzFailure {
  readonly target: string;
  readonly seed: number;
  readonly error: string;
}

/** Of a core's time. The slowest honest input takes some tens of milliseconds, of which the collector has most. */
export const MAX_INPUT_MS = 2_000;
/** What a batch may take in all, and what may be left of many. */
export const MAX_PEAK_BYTES: number = 512 * 1_048_576;
export const MAX_GROWTH_BYTES: number = 24 * 1_048_576;

const OUTCOMES_SHOWN = 6;

export class Totals {
  readonly failures: FuzzFailure[] = [];
  readonly #targets = new Map<string, TargetTotals>();

  add(result: BatchResult, ms: number): void {
    const { target, slowest, peakBytes, leftBytes } = result;
    const totals = this.#of(target, leftBytes);
    totals.inputs += result.count;
    totals.ms += ms;
    for (const [outcome, count] of result.outcomes) totals.outcomes.set(outcome, (totals.outcomes.get(outcome) ?? 0) + count);
    if (slowest.ms > totals.slowest.ms) totals.slowest = slowest;
    totals.peakBytes = Math.max(totals.peakBytes, peakBytes);
    totals.lastLeftBytes = leftBytes;
    for (const { seed, error } of result.failures) this.failures.push({ target, seed, error });
    if (slowest.ms > MAX_INPUT_MS) this.failures.push({ target, seed: slowest.seed, error: `took ${slowest.ms.toFixed(0)} ms` });
  }

  /** Checks what no single input shows. */
  close(): void {
    for (const [target, { peakBytes, firstLeftBytes, lastLeftBytes, slowest }] of this.#targets) {
      if (peakBytes > MAX_PEAK_BYTES) this.failures.push({ target, seed: slowest.seed, error: `${peakBytes} bytes were in use at once` });
      const grown = lastLeftBytes - firstLeftBytes;
      if (grown > MAX_GROWTH_BYTES) this.failures.push({ target, seed: slowest.seed, error: `${grown} bytes were left over` });
    }
  }

  get inputs(): number {
    return [...this.#targets.values()].reduce((sum, { inputs }) => sum + inputs, 0);
  }

  describe(): string[] {
    return [...this.#targets].map(([name, totals]) => {
      const outcomes = [...totals.outcomes].sort((a, b) => b[1] - a[1]).slice(0, OUTCOMES_SHOWN);
      const memory = `peak ${mib(totals.peakBytes)} MiB, ${mib(totals.lastLeftBytes - totals.firstLeftBytes)} MiB more at the end`;
      const rate = ((totals.inputs / totals.ms) * 1_000).toFixed(0);
      const shown = outcomes.map(([outcome, count]) => `${outcome} ${count}`).join(", ");
      return `${name}: ${totals.inputs} inputs, ${rate} a second, slowest ${totals.slowest.ms.toFixed(0)} ms, ${memory}; ${shown}`;
    });
  }

  /** Each failure with the way to see it again. */
  describeFailures(limit: number): string[] {
    const shown = this.failures
      .slice(0, limit)
      .map(({ target, seed, error }) => `${target}, seed ${seed} (npm run fuzz -- --target ${target} --seed ${seed}): ${error}`);
    return this.failures.length > limit ? [...shown, `and ${this.failures.length - limit} more`] : shown;
  }

  #of(target: string, leftBytes: number): TargetTotals {
    let totals = this.#targets.get(target);
    if (totals === undefined) {
      totals = {
        inputs: 0,
        ms: 0,
        outcomes: new Map(),
        slowest: { seed: 0, ms: 0 },
        peakBytes: 0,
        firstLeftBytes: leftBytes,
        lastLeftBytes: leftBytes,
      };
      this.#targets.set(target, totals);
    }
    return totals;
  }
}

function mib(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}
