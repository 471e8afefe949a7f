// npm run fuzz -- [--inputs N] [--base SEED] [--target NAME]: N damaged inputs, over all targets or for one; fails at a crash, a hang or a leak.
// npm run fuzz -- --target NAME --seed S: runs one input again, and says what became of it.
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import type { Batch } from "./batch.ts";
import { runBatches } from "./crew.ts";
import { inputsOf, targetNamed, targets } from "./targets.ts";
import { Totals } from "./totals.ts";

const DEFAULT_INPUTS = 1_000_000;
const BATCH_INPUTS = 500;
const PROGRESS_MS = 20_000;
const FAILURES_SHOWN = 20;
const MAX_BASE = 2 ** 31;

const text = { type: "string" } as const;
const { values } = parseArgs({ options: { inputs: text, base: text, target: text, seed: text } });
const chosen = values.target === undefined ? targets : [targetNamed(values.target)];

if (values.seed !== undefined) {
  if (chosen.length > 1) throw new TypeError("--seed goes with --target: each target has its own inputs");
  console.log(await (await chosen[0]!.prepare())(whole("seed", 1)));
} else process.exitCode = await runMany(whole("inputs", DEFAULT_INPUTS), whole("base", 1 + Math.floor(Math.random() * MAX_BASE)));

async function runMany(inputs: number, base: number): Promise<number> {
  const began = performance.now();
  console.log(`${inputs} inputs from base seed ${base} on`);
  const totals = new Totals();
  let told = began;
  const batches = chosen.flatMap((target) => batchesOf(target.name, chosen.length === 1 ? inputs : inputsOf(target, inputs), base));
  await runBatches(batches, availableParallelism(), totals, () => {
    if (performance.now() - told < PROGRESS_MS) return;
    told = performance.now();
    console.log(`${totals.inputs} inputs, ${((told - began) / 1_000).toFixed(0)} s`);
  });
  totals.close();
  for (const line of [...totals.describe(), ...totals.describeFailures(FAILURES_SHOWN)]) console.log(line);
  const seconds = (performance.now() - began) / 1_000;
  console.log(
    `${totals.inputs} inputs, ${(totals.inputs / seconds).toFixed(0)} a second, ${totals.failures.length} failures, base seed ${base}, ${seconds.toFixed(1)} s`,
  );
  return totals.failures.length === 0 && totals.inputs >= inputs ? 0 : 1;
}

/** Batches of one target; those of all targets have the same seeds, which mean something else to each. */
function batchesOf(target: string, inputs: number, base: number): Batch[] {
  return Array.from({ length: Math.ceil(inputs / BATCH_INPUTS) }, (_, at) => ({
    target,
    from: base + at * BATCH_INPUTS,
    count: Math.min(BATCH_INPUTS, inputs - at * BATCH_INPUTS),
  }));
}

function whole(name: "inputs" | "base" | "seed", otherwise: number): number {
  const value = Number(values[name] ?? otherwise);
  if (!Number.isSafeInteger(value) || value < 1) throw new TypeError(`--${name} is a whole number from 1 on, not ${values[name]}`);
  return value;
}
