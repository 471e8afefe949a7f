import type { File } from "./schema.ts";

/** The named files, with all that import them directly or by way of others. */
export function importersOf(files: Iterable<File>, names: readonly string[]): ReadonlySet<string> {
  const importers = new Map<string, string[]>();
  for (const file of files) {
    for (const imported of file.imports) {
      const known = importers.get(imported.file);
      if (known) known.push(file.name);
      else importers.set(imported.file, [file.name]);
    }
  }
  // A set that grows while it is walked through: each name is visited once.
  const reached = new Set(names);
  for (const name of reached) for (const importer of importers.get(name) ?? []) reached.add(importer);
  return reached;
}
