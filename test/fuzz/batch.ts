import type { FuzzRun } from "./target.ts";
import { targetNamed } from "./targets.ts";

/** Some inputs of one target: those of the seeds from `from` on. */
export interface Batch {
  readonly target: string;
  readonly from: number;
  readonly count: number;
}

export interface BatchResult extends Batch {
  /** How often each outcome came. */
  readonly outcomes: ReadonlyMap<string, number>;
  readonly failures: readonly { readonly seed: number; readonly error: string }[];
  readonly slowest: { readonly seed: number; readonly ms: number };
  /** Bytes of heap and buffers: the most that was seen, and what was left once all garbage was gone. */
  readonly peakBytes: number;
  readonly leftBytes: number;
}

const SAMPLE_EVERY = 32;
/** A target that fails for every input has said enough. */
const MAX_FAILURES = 20;

const prepared = new Map<string, Promise<FuzzRun>>();

/**
 * Runs a batch, one input after the other.
 *
 * @param begin told of each seed before it runs, so that whoever watches knows which one does not come to an end
 */
export async function runBatch({ target, from, count }: Batch, begin: (seed: number) => void): Promise<BatchResult> {
  const run = await preparedRun(target);
  const outcomes = new Map<string, number>();
  const failures: { seed: number; error: string }[] = [];
  let slowest = { seed: from, ms: 0 };
  let peakBytes = 0;
  for (let seed = from; seed < from + count && failures.length < MAX_FAILURES; seed++) {
    begin(seed);
    const began = cpuMs();
    try {
      const outcome = await run(seed);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    } catch (error) {
      failures.push({ seed, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
    const ms = cpuMs() - began;
    if (ms > slowest.ms) slowest = { seed, ms };
    if (seed % SAMPLE_EVERY === 0) peakBytes = Math.max(peakBytes, usedBytes());
  }
  globalThis.gc?.();
  return { target, from, count, outcomes, failures, slowest, peakBytes, leftBytes: usedBytes() };
}

function preparedRun(name: string): Promise<FuzzRun> {
  const run = prepared.get(name) ?? targetNamed(name).prepare();
  prepared.set(name, run);
  return run;
}

/** Time of this process alone: a machine that does other things makes no input slow. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function usedBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
