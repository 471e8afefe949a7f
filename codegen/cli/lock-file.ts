import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { formatLock, LOCK_FILE, type Release } from "../evolve/lock/lock.ts";
import { parseLock } from "../evolve/lock/parse-lock.ts";
import { formatDiagnostic } from "../model/diagnostic.ts";
import type { Schema } from "../model/schema.ts";
import { readSchema } from "../read/read.ts";
import type { Config } from "./config.ts";
import { writeWhole } from "./output.ts";
import { UsageError } from "./terminal.ts";

/** Where the project's lock is, or would be. */
export const lockFile = ({ file }: Pick<Config, "file">): string => path.join(path.dirname(file), LOCK_FILE);

/**
 * The releases in the project's zgen.lock, oldest first; none where there is no such file.
 *
 * @throws UsageError with the line and what repairs it, where the file is not what `zgen release` wrote
 */
export function readLock(config: Pick<Config, "file">): readonly Release[] {
  const file = lockFile(config);
  if (!existsSync(file)) return [];
  const text = readText(file);
  if (text === latest?.text) return latest.releases;
  const { releases, problem } = parseLock(text);
  if (releases === undefined) throw new UsageError(formatDiagnostic(problem));
  latest = { text, releases };
  return releases;
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${LOCK_FILE} cannot be read: ${(error as Error).message}`);
  }
}

/** What was read last: one command asks several times, and `--watch` again and again. */
let latest: { readonly text: string; readonly releases: readonly Release[] } | undefined;

/** Writes the releases that the project keeps. */
export function writeLock(config: Config, releases: readonly Release[]): void {
  const { keep = releases.length } = config.releases;
  writeWhole(lockFile(config), formatLock(releases.slice(-keep)));
}

/** The release of that version. Throws UsageError where the lock has none. */
export function findRelease(config: Pick<Config, "file">, version: string): Release {
  const releases = readLock(config);
  const release = releases.find((each) => each.version === version);
  if (release !== undefined) return release;
  const known = releases.map((each) => each.version).join(", ");
  throw new UsageError(
    known === "" ? `there is no ${LOCK_FILE}; \`zgen release\` makes one` : `${LOCK_FILE} has no release ${version}, only ${known}`,
  );
}

/** The schemas of a release. */
export function schemaOfRelease(release: Release): Schema {
  const schema = schemas.get(release) ?? readRelease(release);
  schemas.set(release, schema);
  return schema;
}

const schemas = new WeakMap<Release, Schema>();

function readRelease({ version, files }: Release): Schema {
  const texts = new Map(files.map(({ name, text }) => [path.join(LOCK_FILE, name), text]));
  const requested = files.filter((file) => file.requested).map(({ name }) => name);
  const { schema, diagnostics } = readSchema({ files: requested, roots: [LOCK_FILE], readFile: (file) => texts.get(file) });
  if (schema === undefined)
    throw new UsageError(`the schemas of release ${version} cannot be read by this zgen\n${diagnostics.map(formatDiagnostic).join("\n")}`);
  return schema;
}
