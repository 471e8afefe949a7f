import { readFileSync } from "node:fs";
import path from "node:path";
import { version } from "./version.ts";

/** An entry of `node_modules/.package-lock.json`, where npm writes down what it installed from where. */
interface InstalledPackage {
  /** A registry's URL, or `file:` and a path relative to the project; for a link, the folder it leads to. */
  readonly resolved?: string;
  readonly link?: boolean;
}

/**
 * How a project in `folder` asks npm for the package `name`: by the packed file or the linked folder that npm installed it from, beside this
 * zgen, and otherwise by this exact version. Both packages are released together.
 *
 * @param started the path of the program that runs, `process.argv[1]`
 */
export function packageReference(name: string, folder: string, started: string): string {
  const project = installingProject(started);
  const installed = project === undefined ? undefined : readInstalled(project)[`node_modules/${name}`];
  if (project === undefined || installed?.resolved === undefined) return version();
  const source = installed.link ? installed.resolved : /^file:(.*)$/.exec(installed.resolved)?.[1];
  return source === undefined ? version() : `file:${relativePath(folder, path.resolve(project, source))}`;
}

/** The folder whose `node_modules` a program was started from. The path as it was typed: a link into a workspace has not been followed. */
function installingProject(started: string): string | undefined {
  const parts = path.resolve(started).split(path.sep);
  const at = parts.lastIndexOf("node_modules");
  return at < 0 ? undefined : parts.slice(0, at).join(path.sep) || path.sep;
}

function readInstalled(project: string): Readonly<Record<string, InstalledPackage>> {
  try {
    const lock = JSON.parse(readFileSync(path.join(project, "node_modules", ".package-lock.json"), "utf8"));
    return (lock as { packages: Record<string, InstalledPackage> }).packages;
  } catch {
    // Another package manager, which keeps its own books.
    return {};
  }
}

/** With forward slashes: it goes into package.json. */
function relativePath(from: string, to: string): string {
  return path.relative(from, to).replaceAll(path.sep, "/");
}
