import { type ReadOptions, type ReadResult, readSchema } from "../read/read.ts";
import type { Config } from "./config.ts";
import { findSchemaFiles } from "./schema-files.ts";

/** Reads the schemas that a configuration names. Throws UsageError where there are none. */
export function readProject({ roots }: Pick<Config, "roots">, options: Pick<ReadOptions, "onFile" | "memory"> = {}): ReadResult {
  return readSchema({ files: findSchemaFiles(roots), roots: roots.map(({ folder }) => folder), ...options });
}
