import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { LOCK_FILE, type Release } from "../evolve/lock/lock.ts";
import { parseVersion } from "../evolve/lock/version.ts";
import { formatDiagnostic } from "../model/diagnostic.ts";
import type { Schema } from "../model/schema.ts";
import { type ReadFile, readText } from "../read/load.ts";
import { readSchema } from "../read/read.ts";
import { CONFIG_FILE, type Config, loadConfig, parseConfig, type Root } from "./config.ts";
import { GitRevision } from "./git-revision.ts";
import { readLock, schemaOfRelease } from "./lock-file.ts";
import { findSchemaFiles, type ListFiles } from "./schema-files.ts";
import { UsageError } from "./terminal.ts";

/** Another state of the project: where its schemas are, and how they are read. */
interface State {
  readonly roots: readonly Root[];
  /** Folders that it does not have, such as installed packages: what it imports from there is read as it is now. */
  readonly present: readonly string[];
  readonly list?: ListFiles;
  readonly readFile?: ReadFile;
}

/** `--against`, wherever two states of the schemas are compared. */
export const againstOption = {
  type: "string",
  value: "STATE",
  help: "what to compare with: a folder, a release in zgen.lock, or else a git revision such as main (the default: the last release)",
} as const;

/**
 * Reads the schemas of another state of the project.
 *
 * @param against a folder, a release, or a git revision; undefined for the last release
 * @throws UsageError where there is none of these, or its schemas cannot be read
 */
export function readAgainst(config: Config, against: string | undefined, cwd: string): Schema {
  if (against === undefined) return schemaOfRelease(lastRelease(config));
  const folder = path.resolve(cwd, against);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return readState(stateOfFolder(config, folder), against);
  const release = parseVersion(against) && readLock(config).find(({ version }) => version === against);
  return release === undefined ? readState(stateOfRevision(config, against), against) : schemaOfRelease(release);
}

function lastRelease(config: Config): Release {
  const last = readLock(config).at(-1);
  if (last !== undefined) return last;
  throw new UsageError(
    `there is no ${LOCK_FILE} to compare with; make one with \`zgen release\`, or name a folder or a git revision: --against main`,
  );
}

function readState({ roots, present, list, readFile }: State, against: string): Schema {
  const folders = [...roots.map((root) => root.folder), ...present];
  const { schema, diagnostics } = readSchema({ files: findSchemaFiles(roots, list), roots: folders, readFile });
  if (schema === undefined)
    throw new UsageError(`the schemas of ${against} cannot be read\n${diagnostics.map(formatDiagnostic).join("\n")}`);
  return schema;
}

/** A project, with or without a zgen.json of its own, or a folder of schemas. */
function stateOfFolder(config: Config, folder: string): State {
  const project = path.dirname(config.file);
  const moved = config.roots.map((root) => ({ ...root, folder: path.resolve(folder, path.relative(project, root.folder)) }));
  const named = existsSync(path.join(folder, CONFIG_FILE)) ? loadConfig(folder).roots : moved;
  const roots = named.filter((root) => existsSync(root.folder));
  if (roots.length === 0)
    return { roots: config.roots.map((root) => ({ ...root, folder })), present: config.roots.map((root) => root.folder) };
  const missing = named.filter((root) => !roots.includes(root));
  return { roots, present: missing.map((root) => path.resolve(project, path.relative(folder, root.folder))) };
}

/** The project as it was, with the roots that its zgen.json of then names. */
function stateOfRevision(config: Config, revision: string): State {
  const git = new GitRevision(path.dirname(config.file), revision);
  const text = git.read([config.file]).get(config.file);
  const { roots } = text === undefined ? config : parseConfig(config.file, text);
  const files = git.paths.filter((file) => file.endsWith(".proto"));
  const there = roots.filter(({ folder }) => files.some((file) => isBelow(file, folder)));
  if (there.length === 0) throw new UsageError(`${revision} has no .proto file in ${roots.map(({ folder }) => folder).join(", ")}`);
  const texts = git.read(files.filter((file) => there.some(({ folder }) => isBelow(file, folder))));
  const present = roots.filter((root) => !there.includes(root)).map(({ folder }) => folder);
  return {
    roots: there,
    present,
    list: (folder) => namesBelow(folder, [...texts.keys()]),
    readFile: (file) => texts.get(file) ?? (present.some((folder) => isBelow(file, folder)) ? readText(file) : undefined),
  };
}

const isBelow = (file: string, folder: string): boolean => file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);

function namesBelow(folder: string, files: readonly string[]): readonly string[] {
  return files.filter((file) => isBelow(file, folder)).map((file) => path.relative(folder, file).replaceAll(path.sep, "/"));
}
