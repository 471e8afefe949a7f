import type { State } from "../evolve/difference/difference.ts";
import type { Schema } from "../model/schema.ts";
import { printFile } from "../print/file.ts";
import { OptionTypes } from "../print/option-types.ts";
import { isPackaged } from "../read/include.ts";
import { descriptorSchema } from "../read/read.ts";

/** A schema with its files as zgen.lock holds them: all but those that zgen brings along. */
export function stateOf(schema: Schema): State {
  const types = new OptionTypes(descriptorSchema(), schema);
  const files = schema.files.filter(({ requested, name }) => requested || !isPackaged(name));
  return { schema, files: files.map((file) => ({ name: file.name, requested: file.requested, text: printFile(file, types) })) };
}

/** Before the first release. */
export const emptyState: State = { schema: { files: [] }, files: [] };
