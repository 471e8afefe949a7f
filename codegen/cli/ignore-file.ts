import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * Makes git ignore a file: adds it to the nearest `.gitignore`, from its folder up to the repository's, unless a line there names it already. A repository
 * without one gets one beside the file. Returns that `.gitignore`, or undefined for a file in no repository and without one beside it.
 */
export function ignoreFile(file: string): string | undefined {
  const { folders, repository } = foldersInRepository(path.dirname(file));
  const there = folders.map((folder) => path.join(folder, ".gitignore")).find(existsSync);
  const ignores = there ?? (repository ? path.join(path.dirname(file), ".gitignore") : undefined);
  if (ignores !== undefined) addLine(ignores, path.relative(path.dirname(ignores), file).replaceAll(path.sep, "/"));
  return ignores;
}

/** The folder and those above it up to its repository's; the folder alone where there is no repository. */
function foldersInRepository(folder: string): { readonly folders: readonly string[]; readonly repository: boolean } {
  const folders: string[] = [];
  for (let at = folder; ; at = path.dirname(at)) {
    folders.push(at);
    if (existsSync(path.join(at, ".git"))) return { folders, repository: true };
    if (at === path.dirname(at)) return { folders: [folder], repository: false };
  }
}

function addLine(ignores: string, name: string): void {
  const text = existsSync(ignores) ? readFileSync(ignores, "utf8") : "";
  const extension = path.extname(name);
  const covering = new Set([`/${name}`, name, path.posix.basename(name), ...(extension === "" ? [] : [`*${extension}`])]);
  if (text.split(/\r?\n/).some((line) => covering.has(line.trim()))) return;
  writeFileSync(ignores, `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}/${name}\n`);
}
