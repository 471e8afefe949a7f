import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type FileOutcome, runFile } from "./run-file.ts";
import { readFileRules } from "./source-rules.ts";

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** How many files run beside each other. The project's smallest machine has two cores. */
export const PARALLEL_FILES = 2;

/** Every test file below `root`, sorted, or those whose path below `root` contains one of the fragments. */
export function findTestFiles(root: string, fragments: readonly string[] = []): string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .filter((name) => fragments.length === 0 || fragments.some((fragment) => name.includes(fragment)))
    .sort()
    .map((name) => path.join(root, name));
}

/** Runs the files, the slowest first and those that want to be alone last, and prints a line for each as it ends. */
export async function runAll(root: string, files: readonly string[], print: (line: string) => void): Promise<Totals> {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const planned = files
    .map((file) => ({ file, rules: readFileRules(readFileSync(file, "utf8")) }))
    .sort((a, b) => b.rules.timeoutMs - a.rules.timeoutMs);
  const runNext = async (queue: string[]): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const outcome = await runFile(file);
      totals.passed += outcome.passed;
      totals.failed += outcome.failed;
      totals.skipped += outcome.skipped.length;
      for (const line of describe(path.relative(root, file), outcome)) print(line);
    }
  };
  const shared = planned.filter(({ rules }) => !rules.alone).map(({ file }) => file);
  const alone = planned.filter(({ rules }) => rules.alone).map(({ file }) => file);
  await Promise.all(Array.from({ length: PARALLEL_FILES }, () => runNext(shared)));
  await runNext(alone);
  return totals;
}

function describe(name: string, outcome: FileOutcome): string[] {
  const verdict = outcome.failed > 0 ? "FAIL" : "ok  ";
  const failed = outcome.failed > 0 ? `, ${outcome.failed} failed` : "";
  const lines = [`${verdict} ${name}: ${outcome.passed} passed${failed} (${outcome.seconds.toFixed(2)} s)`];
  for (const { name: test, reason } of outcome.skipped) lines.push(`     skipped: ${test}: ${reason}`);
  for (const note of outcome.notes) lines.push(`     ${note}`);
  for (const problem of outcome.problems) lines.push(`     ${name} ${problem}`);
  if (outcome.failed > 0 && outcome.output.trim() !== "") lines.push(indent(outcome.output.trim()));
  return lines;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "     ");
}
