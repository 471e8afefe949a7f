import { indescribableServices } from "../describe/indescribable.ts";
import { type EmitOptions, emitSchema } from "../emit/emit.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Schema } from "../model/schema.ts";
import type { Config } from "./config.ts";
import { findRelease, schemaOfRelease } from "./lock-file.ts";
import type { OutputFile } from "./output.ts";
import type { Progress } from "./progress.ts";
import { readProject } from "./read-project.ts";
import { releasedOf } from "./released.ts";
import type { RoundMemory } from "./round-memory.ts";
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
export function compile(config: Config, progress: Progress, memory?: RoundMemory): Compilation {
  const texts = new Map<string, string>();
  const { schema, diagnostics } = readProject(config, {
    memory: memory?.reading,
    onFile: (name, text) => {
      progress.step("reading");
      texts.set(name, text);
    },
  });
  if (schema === undefined) return { files: undefined, diagnostics };
  const indescribable = indescribableServices(schema);
  if (indescribable.length > 0) return { files: undefined, diagnostics: indescribable };
  const files = emit(schema, config, progress, { ...releasedOf(config, schema), since: memory && { memory: memory.emission, texts } });
  return { files, diagnostics: [] };
}

/** Makes code of a release in zgen.lock, for those who still talk to its clients. Throws UsageError where there is no such release. */
export function compileRelease(config: Config, version: string, progress: Progress): Compilation {
  return { files: emit(schemaOfRelease(findRelease(config, version)), config, progress, { version }), diagnostics: [] };
}

/** Makes code of a schema as a configuration wants it. Throws UsageError where its templates cannot be rendered. */
export function emit(
  schema: Schema,
  config: Config,
  progress: Progress,
  rest: Pick<EmitOptions, "version" | "releases" | "since">,
): readonly OutputFile[] {
  const { importExtension, json } = config;
  const templates = config.templates === undefined ? undefined : loadTemplates(config.templates);
  try {
    return emitSchema(schema, {
      emit: config.emit,
      importExtension,
      json,
      templates,
      onFile: () => progress.step("generating"),
      ...rest,
    });
  } catch (error) {
    if (templates === undefined) throw error;
    throw new UsageError(`the templates in ${config.templates}: ${(error as Error).message}`);
  } finally {
    progress.end();
  }
}
