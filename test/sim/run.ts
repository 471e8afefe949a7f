// npm run sim -- --seeds N [--base B]: lives through N worlds, those of the seeds from B on, and reports what broke a rule.
// npm run sim -- --seed S: lives through one world, twice, and prints how it went.
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { addResult, describeFailure, describeTotals, noTotals, type SimTotals } from "./totals.ts";
import { type SimResult, simulate } from "./world.ts";

/** How many failing seeds are described in full; of the others, the number is enough. */
const DESCRIBED_FAILURES = 10;
const SUMMARY_TRACE_LINES = 12;

const options = { seeds: { type: "string" }, seed: { type: "string" }, base: { type: "string" }, workers: { type: "string" } } as const;
const { values } = parseArgs({ options });

process.exitCode = values.seed === undefined ? await runMany(count("seeds", 100), count("base", 1)) : await runOne(count("seed", 1));

async function runOne(seed: number): Promise<number> {
  const first = await simulate(seed, Number.POSITIVE_INFINITY);
  const second = await simulate(seed);
  console.log(describeFailure(first, Number.POSITIVE_INFINITY));
  const same = first.fingerprint === second.fingerprint;
  console.log(`fingerprint ${first.fingerprint}; the second time ${same ? "the same" : `${second.fingerprint}: NOT THE SAME`}`);
  return same && first.violations.length === 0 ? 0 : 1;
}

async function runMany(seeds: number, base: number): Promise<number> {
  const began = performance.now();
  console.log(`seeds ${base} to ${base + seeds - 1}`);
  const totals = noTotals();
  const workers = Math.min(seeds, count("workers", availableParallelism()));
  let next = base;
  const take = (): number | undefined => (next < base + seeds ? next++ : undefined);
  await Promise.all(Array.from({ length: workers }, () => work(take, totals)));
  for (const failure of totals.failures.slice(0, DESCRIBED_FAILURES)) console.log(describeFailure(failure, SUMMARY_TRACE_LINES));
  if (totals.failures.length > 0) console.log(`failing seeds: ${totals.failures.map(({ seed }) => seed).join(" ")}`);
  console.log(`${describeTotals(totals)}, in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return totals.failures.length === 0 && totals.seeds === seeds ? 0 : 1;
}

/** One worker process, until no seed is left. */
function work(take: () => number | undefined, totals: SimTotals): Promise<void> {
  const worker = fork(fileURLToPath(new URL("./worker.ts", import.meta.url)), { execArgv: process.execArgv });
  return new Promise((resolve, reject) => {
    const go = (): void => {
      const seed = take();
      if (seed === undefined) worker.disconnect();
      else worker.send(seed);
    };
    worker.on("message", (result) => {
      addResult(totals, result as SimResult);
      go();
    });
    worker.on("error", reject);
    worker.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
    go();
  });
}

function count(name: keyof typeof options, otherwise: number): number {
  const text = values[name];
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new TypeError(`--${name} is a whole number from 1 on, not ${text}`);
  return value;
}
