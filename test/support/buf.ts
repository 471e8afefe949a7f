import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** The binary itself instead of the package's launcher, to save the start of a Node process for each of many runs. */
function binary(): string {
  const require = createRequire(createRequire(import.meta.url).resolve("@bufbuild/buf/package.json"));
  const arch = process.platform === "linux" && process.arch === "arm64" ? "aarch64" : process.arch;
  const name = process.platform === "win32" ? "buf.exe" : "buf";
  return require.resolve(`@bufbuild/buf-${process.platform}-${arch}/bin/${name}`);
}

/** Calls `use` with a folder that holds these files for as long as the call lasts. */
export function withFiles<T>(files: Readonly<Record<string, string>>, use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "zgen-buf-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs the pinned buf, a witness of tests. Resolves to its standard output; throws what it says when it did not work at all. */
export function runBuf(folder: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(binary(), args, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 });
  if (error) throw error;
  // 100: it worked, and has findings.
  if (status !== 0 && status !== 100) throw new Error(`buf ${args.join(" ")}: ${stderr}`);
  return stdout;
}
