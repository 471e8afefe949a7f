import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { Readable } from "node:stream";
import path from "node:path";
import { main } from "../../../codegen/cli/main.ts";

/** What a command line said and how it ended. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs zgen inside this process, in a folder. */
export function zgen(cwd: string, ...args: string[]): Promise<Run> {
  return zgenWith({}, cwd, ...args);
}

/** The same, with something on standard input, or with somebody at Ctrl-C. */
export async function zgenWith(
  {
    input = "",
    interrupted,
    onOut,
  }: { readonly input?: string; readonly interrupted?: AbortSignal; readonly onOut?: (line: string) => void },
  cwd: string,
  ...args: string[]
): Promise<Run> {
  const out: string[] = [];
  const err: string[] = [];
  const say = (line: string): void => {
    out.push(line);
    onOut?.(line);
  };
  const terminal = { cwd, out: say, err: (line: string) => void err.push(line), input: () => Readable.from([input]) };
  const code = await main(args, interrupted === undefined ? terminal : { ...terminal, interrupted });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

/** Makes a folder with these files, calls `use`, and removes it again. */
export async function withFolder<T>(files: Readonly<Record<string, string>>, use: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), "zgen-test-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
