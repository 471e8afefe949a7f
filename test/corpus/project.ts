import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Schema } from "../../codegen/model/schema.ts";
import { readSchema } from "../../codegen/read/read.ts";
import { schemaOf } from "../support/printed.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const repository = join(here, "../..");
const schemas = join(here, "node_modules/google-proto-files");
/** A project of a user's, as far as zgen and TypeScript can tell. */
const work = join(here, "work");

/** What a run of zgen took. */
export interface Usage {
  readonly seconds: number;
  /** Of the processor: what `seconds` would be if nothing else ran. */
  readonly cpuSeconds: number;
  readonly memoryMiB: number;
}

/** Installs the schemas unless they are there. They stay out of the project's own dependencies: nobody who works on it needs 90 MB of them. */
export function install(): void {
  const wanted = JSON.parse(readFileSync(join(here, "package.json"), "utf8")).dependencies["google-proto-files"];
  const manifest = join(schemas, "package.json");
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).version === wanted) return;
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], { cwd: here, stdio: "inherit" });
}

/** The names of all schemas of the package. */
export function schemaFiles(): string[] {
  const all = readdirSync(schemas, { recursive: true, encoding: "utf8" }).map((name) => name.replaceAll("\\", "/"));
  return all.filter((name) => name.endsWith(".proto")).sort();
}

/** The model of some of the schemas, and of all that they import. */
export function read(files: readonly string[]): Schema {
  return schemaOf(readSchema({ files, roots: [schemas] }));
}

/** Runs `zgen generate` on some of the schemas, and on all that they import. Throws when it finds anything wrong. */
export function generate(files: readonly string[], options: { readonly json: boolean }): Usage {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  writeFileSync(join(work, "zgen.json"), JSON.stringify({ schemas: [{ root: schemas, include: files }], ...options }));
  const zgen = join(repository, "codegen/bin/zgen.mjs");
  // Builds zgen where a source is newer: that is not what is timed.
  execFileSync(process.execPath, [zgen, "--version"], { stdio: "ignore" });
  const usage = join(work, "usage.json");
  const began = performance.now();
  execFileSync(process.execPath, ["--import", join(here, "usage.mjs"), zgen, "generate"], {
    cwd: work,
    env: { ...process.env, CORPUS_USAGE: usage },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const seconds = (performance.now() - began) / 1000;
  const { memoryKiB, cpuMs } = JSON.parse(readFileSync(usage, "utf8"));
  return { seconds, cpuSeconds: cpuMs / 1000, memoryMiB: memoryKiB / 1024 };
}

/** How many files were generated, and their bytes. */
export function generated(): { readonly files: number; readonly bytes: number } {
  const out = join(work, "generated");
  const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return { files: files.length, bytes: files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0) };
}

/** Type-checks what was generated, under the repository's own flags. Returns the seconds; throws when anything is wrong. */
export function typeCheck(): number {
  writeFileSync(join(work, "tsconfig.json"), JSON.stringify({ extends: "../../../tsconfig.json", include: ["generated"], exclude: [] }));
  const began = performance.now();
  execFileSync(process.execPath, [join(repository, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.json"], {
    cwd: work,
    stdio: "inherit",
  });
  return (performance.now() - began) / 1000;
}
