import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * Makes git ignore a file: adds it to the nearest `.gitignore`, from its folder up to the repository's, unless a line there names it already.
 * Returns that `.gitignore`, or undefined when there is none; none is made, because not every folder is a repository.
 */
export function ignoreFile(file: string): string | undefined {
  const ignores = foldersInRepository(path.dirname(file))
    .map((folder) => path.join(folder, ".gitignore"))
    .find(existsSync);
  if (ignores !== undefined) addLine(ignores, path.relative(path.dirname(ignores), file).replaceAll(path.sep, "/"));
  return ignores;
}

/** The folder and those above it up to its repository's; the folder alone where there is no repository. */
function foldersInRepository(folder: string): string[] {
  const folders: string[] = [];
  for (let at = folder; ; at = path.dirname(at)) {
    folders.push(at);
    if (existsSync(path.join(at, ".git"))) return folders;
    if (at === path.dirname(at)) return [folder];
  }
}

function addLine(ignores: string, name: string): void {
  const text = readFileSync(ignores, "utf8");
  const extension = path.extname(name);
  const covering = new Set([`/${name}`, name, path.posix.basename(name), ...(extension === "" ? [] : [`*${extension}`])]);
  if (text.split(/\r?\n/).some((line) => covering.has(line.trim()))) return;
  writeFileSync(ignores, `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}/${name}\n`);
}
