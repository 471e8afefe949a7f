import { emitSchema } from "../../../codegen/emit/emit.ts";
import type { Schema } from "../../../codegen/model/schema.ts";
import { libraryFiles, type LibrarySource } from "../../../codegen/package/library.ts";

/** The files of a library, by path. */
export function makeLibrary(schema: Schema, parts: Partial<LibrarySource> & { readonly json?: boolean } = {}): ReadonlyMap<string, string> {
  const { json = false, ...source } = parts;
  const files = libraryFiles({
    details: { name: "lobby", version: "1.2.3", description: "A lobby.", manifest: {}, runtime: "0.1.0", fingerprint: "ab" },
    schema,
    texts: new Map(),
    modules: emitSchema(schema, { emit: "js", importExtension: ".js", json }),
    root: undefined,
    since: new Map(),
    changelog: undefined,
    licenseText: undefined,
    templates: {},
    ...source,
  });
  return new Map(files.map(({ path, text }) => [path, text]));
}

/** The first program of a library's README; empty where it has none. */
export function firstProgram(library: ReadonlyMap<string, string>): string {
  return /## A first program\n\n```ts\n([\s\S]*?)```/.exec(library.get("README.md")!)?.[1] ?? "";
}
