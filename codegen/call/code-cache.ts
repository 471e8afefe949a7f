import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type EmittedFile, emitSchema } from "../emit/emit.ts";
import type { Schema } from "../model/schema.ts";

/** Where generated code finds what it imports: URLs of modules. */
export interface RuntimeModules {
  readonly codec: string;
  readonly blob: string;
  readonly json: string;
}

/** The folder of zgen's caches, the user's own. */
export function cacheFolder(): string {
  return path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), ".cache"), "zgen");
}

/**
 * JavaScript of a schema, in a folder that is named by the fingerprint of what is in it: another schema, another zgen, and another runtime are another
 * folder. Returns the modules' URLs by their path in the folder.
 */
export function cacheCode(schema: Schema, runtime: RuntimeModules, cache: string): ReadonlyMap<string, string> {
  const files = emitSchema(schema, {
    emit: "js",
    importExtension: ".js",
    json: true,
    runtimeImport: runtime.codec,
    blobImport: runtime.blob,
    jsonImport: runtime.json,
  });
  const modules = files.filter((file) => file.path.endsWith(".js"));
  const folder = path.join(cache, fingerprint(modules));
  if (!existsSync(folder)) writeFolder(folder, modules);
  return new Map(modules.map((file) => [file.path, pathToFileURL(path.join(folder, file.path)).href]));
}

function fingerprint(files: readonly EmittedFile[]): string {
  const hash = createHash("sha256");
  for (const { path: name, text } of files) hash.update(`${name.length} ${text.length}\n${name}${text}`);
  return hash.digest("hex").slice(0, 32);
}

/** The folder appears whole or not at all, for its owner alone: what lies in it will be run. */
function writeFolder(folder: string, files: readonly EmittedFile[]): void {
  const temporary = `${folder}.${process.pid}.tmp`;
  for (const { path: name, text } of [...files, { path: "package.json", text: '{ "type": "module" }\n' }]) {
    const file = path.join(temporary, name);
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, text);
  }
  try {
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true });
    // Another process was faster, and has made the same.
    if (!existsSync(folder)) throw error;
  }
}
