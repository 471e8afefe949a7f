import type { Diagnostic } from "../model/diagnostic.ts";
import { readSchema } from "../read/read.ts";
import type { Config } from "./config.ts";
import type { OutputFile } from "./output.ts";
import { findSchemaFiles } from "./schema-files.ts";

/** The files that the schemas make, or all that is wrong with the schemas. */
export type Compilation =
  | { readonly files: readonly OutputFile[]; readonly diagnostics: readonly [] }
  | { readonly files: undefined; readonly diagnostics: readonly Diagnostic[] };

/** Reads the schemas that a configuration names and makes code of them, in memory. */
export function compile(config: Config): Compilation {
  const { schema, diagnostics } = readSchema({ files: findSchemaFiles(config.roots), roots: config.roots.map(({ folder }) => folder) });
  if (schema === undefined) return { files: undefined, diagnostics };
  throw new Error("emit");
}
