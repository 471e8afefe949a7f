import path from "node:path";
import * as assert from "uvu/assert";
import { formatDiagnostic } from "../../codegen/model/diagnostic.ts";
import type { Schema } from "../../codegen/model/schema.ts";
import { printFile } from "../../codegen/print/file.ts";
import { OptionTypes } from "../../codegen/print/option-types.ts";
import { descriptorSchema, type ReadResult, readSchema } from "../../codegen/read/read.ts";

/** What was read, or an error that says why nothing was. */
export function schemaOf({ schema, diagnostics }: ReadResult, shown = ""): Schema {
  if (schema === undefined) throw new Error(`${diagnostics.map(formatDiagnostic).join("\n")}\n${shown}`);
  return schema;
}

/** The canonical text of each file of a schema. */
export function printed(schema: Schema): ReadonlyMap<string, string> {
  const types = new OptionTypes(descriptorSchema(), schema);
  return new Map(schema.files.map((file) => [file.name, printFile(file, types)]));
}

/** Prints all files of a schema, reads them again, and compares both models and both prints. */
export function assertReadsBack(schema: Schema, what: string): void {
  const texts = printed(schema);
  const files = schema.files.filter(({ requested }) => requested).map(({ name }) => name);
  const { files: read } = schemaOf(
    readSchema({ files, roots: ["printed"], readFile: (name) => texts.get(path.relative("printed", name)) }),
    what,
  );
  assert.equal(
    read.map(({ name }) => name),
    schema.files.map(({ name }) => name),
  );
  for (const [index, file] of read.entries()) assert.equal(bare(file), bare(schema.files[index]), `${what}: ${texts.get(file.name)}`);
  assert.equal(printed({ files: read }), texts, what);
}

const notCompared: ReadonlySet<string> = new Set(["position", "syntaxPosition", "packagePosition", "comment"]);

/** A part of the model without what printing leaves out. */
export function bare(value: unknown): unknown {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(bare);
  return new Map(
    Object.entries(value)
      .filter(([key]) => !notCompared.has(key))
      .map(([key, inner]) => [key, bare(inner)]),
  );
}
