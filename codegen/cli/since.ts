import { firstReleases } from "../evolve/difference/first-releases.ts";
import type { Schema } from "../model/schema.ts";
import type { Config } from "./config.ts";
import { readLock, schemaOfRelease } from "./lock-file.ts";

/**
 * Since which release everything in a schema is there, by full name.
 *
 * @throws UsageError where zgen.lock is not what `zgen release` wrote
 */
export function sinceWhen(config: Config, schema: Schema): ReadonlyMap<string, string> {
  const releases = readLock(config).map((release) => ({ version: release.version, schema: schemaOfRelease(release) }));
  const since = firstReleases(schema, releases);
  // A lock that forgets old releases does not know how old the things in its oldest one are.
  const { keep } = config.releases;
  const oldest = keep !== undefined && releases.length >= keep ? releases[0]?.version : undefined;
  return new Map([...since].filter(([, version]) => version !== oldest));
}
