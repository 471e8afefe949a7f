// The process of one test file: loads it with uvu's own start deferred, runs its suites, and tells the parent what happened. A file that
// ends the process, hangs or never settles tells nothing, which the parent counts as a failure.
import { pathToFileURL } from "node:url";
import { type FileNotes, fileNotes } from "../report.ts";

/** What uvu's runner resolves to: the formatted failures or `true`, then how many tests passed, were skipped, and were to run. */
type SuiteResult = [failures: string | true, passed: number, skipped: number, total: number];

export interface FileResult extends FileNotes {
  readonly suites: number;
  readonly passed: number;
  readonly total: number;
  /** Left out by uvu's `.only` or `.skip`. */
  readonly leftOut: number;
}

interface UvuGlobals {
  UVU_DEFER?: number;
  UVU_INDEX?: number;
  UVU_QUEUE?: [name: string | null, ...suites: (() => Promise<SuiteResult>)[]][];
}

const file = process.argv[2];
if (file === undefined || process.send === undefined) throw new Error("started by test/run.ts only");

const uvu = globalThis as UvuGlobals;
// uvu prints the `details` of what a test throws as text; those of a CommandError are a list, at which it would give up and name no test.
Object.defineProperty(Array.prototype, "split", { value: () => [""] });
uvu.UVU_DEFER = 1;
uvu.UVU_INDEX = 0;
uvu.UVU_QUEUE = [[null]];

await import(pathToFileURL(file).href);
const suites = (uvu.UVU_QUEUE[0] ?? [null]).slice(1) as (() => Promise<SuiteResult>)[];
let passed = 0;
let total = 0;
let leftOut = 0;
for (const run of suites) {
  const [failures, ran, skipped, all] = await run();
  passed += ran;
  total += all;
  leftOut += skipped;
  if (failures !== true) process.stdout.write(`\n${failures}`);
  // A failing hook ends a suite without a word from uvu.
  else if (ran < all) process.stdout.write(`\na hook failed: ${all - ran} of ${all} tests did not run\n`);
}
const result: FileResult = { suites: suites.length, passed, total, leftOut, ...fileNotes() };
process.send(result);
// An open channel keeps no process alive; anything else that does is the file's leak, and the parent waits for it a moment, then names it.
process.disconnect?.();
