import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const repository: string = fileURLToPath(new URL("../../..", import.meta.url));

export interface SourceFile {
  /** Below the repository, with forward slashes. */
  readonly name: string;
  readonly text: string;
}

export interface Import {
  /** The file that imports. */
  readonly from: string;
  /** A path below the repository for our own files, otherwise the specifier as written. */
  readonly to: string;
  readonly typeOnly: boolean;
}

/** Every TypeScript file below a top-level folder; nothing built and nothing installed. */
export function sourceFiles(folder: string): SourceFile[] {
  return readdirSync(path.join(repository, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !/(^|\/)(dist|node_modules)\//.test(name))
    .sort()
    .map((name) => path.posix.join(folder, name))
    .map((name) => ({ name, text: readFileSync(path.join(repository, name), "utf8") }));
}

/** The entries of the two packages, by the name that others import them under. */
const entries: Readonly<Record<string, string>> = {
  zserver: "runtime/index.ts",
  "zserver/codec": "runtime/codec.ts",
  "zserver/blob": "runtime/blob.ts",
  "zserver/json": "runtime/json.ts",
  "zserver/testing": "runtime/testing.ts",
  "zserver/keys": "runtime/keys.ts",
  "zserver/files": "runtime/files.ts",
};

const statement = /^\s*(?:import|export)\s+(type\s)?[^"';]*?from\s+"([^"]+)"|^\s*import\s+"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/gm;

/** What a file imports or re-exports, dynamic imports included. */
export function importsOf(file: SourceFile): Import[] {
  const code = file.text.replace(/\/\*[\s\S]*?\*\//g, "");
  return [...code.matchAll(statement)].map(([, type, from, bare, dynamic]) => {
    const specifier = from ?? bare ?? dynamic ?? "";
    const to = specifier.startsWith(".") ? path.posix.join(path.posix.dirname(file.name), specifier) : (entries[specifier] ?? specifier);
    return { from: file.name, to, typeOnly: type !== undefined };
  });
}
