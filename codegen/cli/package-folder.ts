import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { libraryFolders } from "../package/library.ts";
import { UsageError } from "./terminal.ts";

/** Files of a library that lie in its folder itself. */
const topFiles = ["package.json", "README.md", "REFERENCE.md", "CHANGELOG.md", "LICENSE", "index.js", "index.d.ts", "json.js", "json.d.ts"];

/**
 * What an earlier `zgen package` left in a folder: texts by path, with forward slashes. What npm put there is nobody's concern.
 *
 * @throws UsageError for a folder that holds something else
 */
export function readLibraryFolder(folder: string): ReadonlyMap<string, string> {
  if (!existsSync(folder) || (statSync(folder).isDirectory() && readdirSync(folder).length === 0)) return new Map();
  if (!isLibrary(path.join(folder, "package.json")))
    throw new UsageError(`${folder} is not empty, and zgen package did not make it; choose another with --out`);
  const nested = libraryFolders.flatMap((name) => filesBelow(folder, name));
  const names = [...topFiles.filter((name) => existsSync(path.join(folder, name))), ...nested];
  return new Map(names.map((name) => [name, readFileSync(path.join(folder, name), "utf8")]));
}

function isLibrary(manifest: string): boolean {
  try {
    return typeof JSON.parse(readFileSync(manifest, "utf8")).zgen?.schema === "string";
  } catch {
    return false;
  }
}

function filesBelow(folder: string, name: string): readonly string[] {
  if (!existsSync(path.join(folder, name))) return [];
  return readdirSync(path.join(folder, name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"));
}
