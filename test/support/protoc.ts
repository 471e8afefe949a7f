import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = dirname(createRequire(import.meta.url).resolve("protoc/package.json"));
const schemas = fileURLToPath(new URL("../../schemas", import.meta.url));

/** What stock protoc says of a schema: its errors, or the encoded FileDescriptorSet. */
export interface ProtocResult {
  readonly errors: string;
  readonly descriptors: Uint8Array | undefined;
}

/** Runs the pinned protoc on the first of the files, which exist for the run only, with zserver's schemas on its path. */
export function runProtoc(files: Readonly<Record<string, string>>): ProtocResult {
  const work = mkdtempSync(join(tmpdir(), "zgen-protoc-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(work, name), text);
    return protoc(work, Object.keys(files).slice(0, 1), join(work, "descriptors.bin"));
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Runs the pinned protoc on files of the repository's `schemas/`. */
export function runProtocOnSchemas(names: readonly string[]): ProtocResult {
  const work = mkdtempSync(join(tmpdir(), "zgen-protoc-"));
  try {
    return protoc(schemas, names, join(work, "descriptors.bin"));
  } finally {
    rmSync(work, { recursive: true });
  }
}

function protoc(root: string, names: readonly string[], output: string): ProtocResult {
  const roots = new Set([root, schemas, join(folder, "include")]);
  const options = ["--include_imports", `--descriptor_set_out=${output}`, ...[...roots].map((path) => `-I${path}`)];
  const { status, stderr, error } = spawnSync(binary(), [...options, ...names], { encoding: "utf8" });
  if (error) throw error;
  return { errors: status === 0 ? "" : stderr, descriptors: status === 0 ? readFileSync(output) : undefined };
}

interface Asset {
  readonly platform: string;
  readonly arch: string;
  readonly executable: string;
}

/** The binary itself instead of the package's launcher, to save the start of a Node process for each of many runs. */
function binary(): string {
  const assets: readonly Asset[] = JSON.parse(readFileSync(join(folder, "assets.json"), "utf8"));
  const asset = assets.find(({ platform, arch }) => platform === process.platform && arch === process.arch);
  if (asset === undefined) throw new Error(`protoc has no binary for ${process.platform} ${process.arch}`);
  return join(folder, "bin", asset.executable);
}
