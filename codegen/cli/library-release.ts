import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { renderChanges, withSection } from "../docs/changelog.ts";
import { firstVersion, formatVersion } from "../evolve/lock/version.ts";
import type { Schema } from "../model/schema.ts";
import type { Config } from "./config.ts";
import { compareProject } from "./project-difference.ts";
import { UsageError } from "./terminal.ts";

/** Which version of the schemas a library is of, and what it tells about that and earlier ones; undefined for nothing. */
export interface LibraryRelease {
  readonly version: string;
  readonly isSnapshot: boolean;
  readonly changelog: string | undefined;
}

/**
 * The last release, which the working schemas have to be.
 *
 * @param fingerprint the root fingerprint of the working schemas
 * @param snapshot whether they may be something else: the version is then the one that they would get, and says which state of them it is
 */
export function libraryRelease(config: Config, schema: Schema, fingerprint: string, snapshot: boolean): LibraryRelease {
  const difference = compareProject(config, schema, undefined, path.dirname(config.file));
  const { since, level } = difference;
  const version = formatVersion(difference.version ?? firstVersion);
  const { changelog: file } = config.releases;
  const changelog = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  if (level === undefined) return { version, isSnapshot: false, changelog };
  if (!snapshot) throw new UsageError(`${whyNot(since, version)}; \`zgen release\` releases them, --snapshot packages them as they are`);
  const name = `${version}-snapshot.${fingerprint}`;
  return { version: name, isSnapshot: true, changelog: withSection(changelog, renderChanges(name, difference)) };
}

function whyNot(since: string | undefined, version: string): string {
  return since === undefined ? "the schemas were never released" : `the schemas are not ${since} any more, they deserve ${version}`;
}
