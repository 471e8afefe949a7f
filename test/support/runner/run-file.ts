import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { FileResult } from "./child.ts";
import { readFileRules } from "./source-rules.ts";

/** How one test file ended. `problems` are failures beside or instead of failing tests; an empty list and no failed test is a pass. */
export interface FileOutcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  readonly notes: readonly string[];
  readonly problems: readonly string[];
  readonly output: string;
  readonly seconds: number;
}

/** How long a file's process may live on after its last test: what it waits for then is a leak. */
export const LINGER_MS = 5_000;
/** The most output of one file that is kept, in characters; the rest is dropped, so that a babbling test can't fill the memory. */
export const OUTPUT_LIMIT = 200_000;

const childProgram = fileURLToPath(new URL("./child.ts", import.meta.url));
const running = new Set<ChildProcess>();

/** Ends every file that still runs, with all processes that it started. */
export function stopAll(): void {
  for (const child of running) killGroup(child);
}

export interface RunFileOptions {
  /** Milliseconds instead of {@link LINGER_MS}. */
  readonly lingerMs?: number;
}

/** Runs one test file in a process of its own. */
export async function runFile(file: string, options: RunFileOptions = {}): Promise<FileOutcome> {
  const rules = readFileRules(readFileSync(file, "utf8"));
  const began = performance.now();
  const end = await watchChild(file, rules.timeoutMs, options.lingerMs ?? LINGER_MS);
  const { result } = end;
  const problems = [...rules.violations, ...end.problems];
  if (result !== undefined) {
    if (result.total === 0 && result.skipped.length === 0) problems.push("registers no test");
    if (result.leftOut > 0) problems.push(`${result.leftOut} tests left out by .only or .skip`);
  }
  const failedTests = result === undefined ? 0 : result.total - result.passed;
  return {
    passed: result?.passed ?? 0,
    failed: failedTests === 0 && problems.length > 0 ? 1 : failedTests,
    skipped: result?.skipped ?? [],
    notes: result?.notes ?? [],
    problems,
    output: end.output,
    seconds: (performance.now() - began) / 1000,
  };
}

interface ChildEnd {
  readonly result: FileResult | undefined;
  readonly problems: readonly string[];
  readonly output: string;
}

function watchChild(file: string, timeoutMs: number, lingerMs: number): Promise<ChildEnd> {
  let resolve: (end: ChildEnd) => void;
  const promise = new Promise<ChildEnd>((settle) => {
    resolve = settle;
  });
  // A process group of its own: what a hanging test started (servers, browsers) ends with it.
  const child = spawn(process.execPath, [...process.execArgv, "--expose-gc", childProgram, file], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    detached: true,
  });
  running.add(child);
  let result: FileResult | undefined;
  let output = "";
  const problems: string[] = [];
  const stop = (problem: string): void => {
    problems.push(problem);
    killGroup(child);
  };
  let timer = setTimeout(stop, timeoutMs, `took longer than ${timeoutMs} ms`);
  const keep = (chunk: Buffer): void => {
    if (output.length < OUTPUT_LIMIT) output += chunk.toString();
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  child.on("message", (message) => {
    result = message as FileResult;
    clearTimeout(timer);
    timer = setTimeout(stop, lingerMs, `did not exit within ${lingerMs} ms of its last test: something it opened is still open`);
  });
  child.on("close", (code, signal) => {
    clearTimeout(timer);
    running.delete(child);
    if (problems.length === 0 && result === undefined)
      problems.push(`ended before its tests were finished (${describeExit(code, signal)})`);
    else if (problems.length === 0 && code !== 0) problems.push(`failed after its last test (${describeExit(code, signal)})`);
    killGroup(child);
    resolve({ result, problems, output });
  });
  return promise;
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  if (code === 13) return "exit code 13: a promise that a test awaits never settled";
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group is already gone.
  }
}
