import { spawnSync } from "node:child_process";
import * as assert from "uvu/assert";

/** Two installations from the registry. */
const PATIENCE_MS = 300_000;

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  /** Both streams. */
  readonly text: string;
}

/** Runs a program as a person would: without what `npm test` told its own processes. */
export function run(cwd: string, program: string, ...args: string[]): Run {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(?!config_(?:registry|cache|userconfig)$)/i.test(name)),
  );
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: "utf8", timeout: PATIENCE_MS });
  return { code: status, stdout, text: `${stdout}${stderr}` };
}

/** The same, for a program that has to succeed. Returns both of its streams. */
export function succeed(cwd: string, program: string, ...args: string[]): string {
  const { code, text } = run(cwd, program, ...args);
  assert.is(code, 0, `${program} ${args.join(" ")}\n${text}`);
  return text;
}
