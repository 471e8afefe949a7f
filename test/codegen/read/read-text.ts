import type { Diagnostic } from "../../../codegen/model/diagnostic.ts";
import type { File, Schema } from "../../../codegen/model/schema.ts";
import { type ReadResult, readSchema } from "../../../codegen/read/read.ts";

/** Reads files that exist in memory only; the first is asked for. */
export function readTexts(files: Readonly<Record<string, string>>): ReadResult {
  const texts = new Map(Object.entries(files));
  return readSchema({
    files: Object.keys(files).slice(0, 1),
    roots: ["memory"],
    readFile: (path) => texts.get(path.replace(/^memory[\\/]/, "")),
  });
}

/** The model of one valid file. */
export function validFile(text: string, others: Readonly<Record<string, string>> = {}): File {
  const schema: Schema | undefined = readTexts({ "test.proto": text, ...others }).schema;
  if (schema === undefined)
    throw new Error(
      diagnosticsOf(text, others)
        .map((diagnostic) => diagnostic.message)
        .join("\n"),
    );
  return schema.files.find((file) => file.name === "test.proto")!;
}

export function diagnosticsOf(text: string, others: Readonly<Record<string, string>> = {}): readonly Diagnostic[] {
  return readTexts({ "test.proto": text, ...others }).diagnostics ?? [];
}
