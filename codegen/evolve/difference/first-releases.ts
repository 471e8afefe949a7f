import type { Schema } from "../../model/schema.ts";
import { declaredIn } from "./declared.ts";

/** A released state of a schema. */
export interface ReleasedSchema {
  readonly version: string;
  readonly schema: Schema;
}

/**
 * In which release everything that a schema declares was there first, by full name; enum values by their enum's and their own. What was never
 * released is not in it. Fields are known by their numbers, so that a new name makes none younger.
 *
 * @param releases oldest first
 */
export function firstReleases(schema: Schema, releases: readonly ReleasedSchema[]): ReadonlyMap<string, string> {
  const first = new Map<string, string>();
  for (const release of releases) {
    for (const key of declaredIn(release.schema).keys()) if (!first.has(key)) first.set(key, release.version);
  }
  const known = [...declaredIn(schema)].filter(([key]) => first.has(key));
  return new Map(known.map(([key, { element }]) => [element.fullName, first.get(key)!]));
}
