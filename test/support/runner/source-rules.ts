/** How a test file wants to be run, read from its text, so that it is known before the file is loaded. */
export interface FileRules {
  /** Milliseconds from start to exit; `export const testTimeoutMs = 120_000;` in the file sets it. */
  readonly timeoutMs: number;
  /** No other file runs beside it: `export const testRunsAlone = true;`, for tests that measure time or memory. */
  readonly alone: boolean;
  /** What is wrong with the text; such a file fails whatever its tests say. */
  readonly violations: readonly string[];
}

export const DEFAULT_FILE_TIMEOUT_MS = 30_000;

/**
 * uvu passes what it does not run, so the text must show that everything runs: no `.only`, no `.skip`, and each suite's `run()` called,
 * the last one at the very end (a test registered after it would be lost in silence).
 */
export function readFileRules(source: string): FileRules {
  const timeout = /^export const testTimeoutMs = ([\d_]+);/m.exec(source)?.[1];
  const violations: string[] = [];
  if (/^\s*\w+\.only\(/m.test(source)) violations.push("leaves .only behind");
  if (/^\s*\w+\.skip\(/m.test(source)) violations.push("leaves .skip behind; use skipWithReason(name, reason) of test/support/report.ts");
  const suites = count(source, /^\s*const \w+ = suite(?:<[^>\n]*>)?\(/gm);
  const runs = count(source, /^\s*\w+\.run\(\)/gm);
  if (runs < suites) violations.push(`makes ${suites} suites and runs ${runs}`);
  if (!/\.run\(\);?\s*\}?\s*$/.test(source)) violations.push("does not end with .run(), so tests after it would be lost");
  return {
    timeoutMs: timeout === undefined ? DEFAULT_FILE_TIMEOUT_MS : Number(timeout.replaceAll("_", "")),
    alone: /^export const testRunsAlone = true;/m.test(source),
    violations,
  };
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
