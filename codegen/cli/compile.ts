import type { EmissionMemory } from "../emit/emission-memory.ts";
import { emitSchema } from "../emit/emit.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Config } from "./config.ts";
import { readProject } from "./read-project.ts";
import type { OutputFile } from "./output.ts";
import type { Progress } from "./progress.ts";
import { UsageError } from "./terminal.ts";
import { loadTemplates } from "./user-templates.ts";

/** The files that the schemas make, or all that is wrong with the schemas. */
export type Compilation =
  | { readonly files: readonly OutputFile[]; readonly diagnostics: readonly [] }
  | { readonly files: undefined; readonly diagnostics: readonly Diagnostic[] };

/**
 * Reads the schemas that a configuration names and makes code of them, in memory.
 *
 * @param memory of the round before, for one of many
 */
export function compile(config: Config, progress: Progress, memory?: EmissionMemory): Compilation {
  const { emit, importExtension, json } = config;
  const templates = config.templates === undefined ? undefined : loadTemplates(config.templates);
  const texts = new Map<string, string>();
  const { schema, diagnostics } = readProject(config, {
    onFile: (name, text) => {
      progress.step("reading");
      texts.set(name, text);
    },
  });
  if (schema === undefined) return { files: undefined, diagnostics };
  try {
    return {
      files: emitSchema(schema, {
        emit,
        importExtension,
        json,
        templates,
        onFile: () => progress.step("generating"),
        since: memory && { memory, texts },
      }),
      diagnostics: [],
    };
  } catch (error) {
    if (templates === undefined) throw error;
    throw new UsageError(`the templates in ${config.templates}: ${(error as Error).message}`);
  } finally {
    progress.end();
  }
}
