import type { Schema } from "../../model/schema.ts";

/**
 * Full names of commands that a release had and a later one has not.
 *
 * @param releases oldest first
 */
export function retiredCommands(releases: readonly Schema[]): ReadonlySet<string> {
  const retired = new Set<string>();
  let there: ReadonlySet<string> = new Set();
  for (const release of releases) {
    const names = new Set(
      release.files.flatMap(({ services }) => services).flatMap(({ commands }) => commands.map(({ fullName }) => fullName)),
    );
    for (const name of there) if (!names.has(name)) retired.add(name);
    there = names;
  }
  return retired;
}
