import type { File, Schema } from "../model/schema.ts";
import { allMessages } from "./names.ts";
import type { SchemaScope } from "./scope.ts";

/**
 * The files that code is written for: all but the built-in ones. Protobuf's own other files (every user of options imports
 * `google/protobuf/descriptor.proto`) only where somebody asked for them or uses their types.
 */
export function emittedFiles(schema: Schema, scope: SchemaScope): File[] {
  const wanted = new Set(schema.files.filter((file) => file.requested || !file.name.startsWith("google/protobuf/")));
  for (const file of wanted) for (const used of usedFiles(file, scope)) wanted.add(used);
  return [...wanted].filter((file) => !scope.naming.builtIn.has(file.name));
}

function* usedFiles(file: File, scope: SchemaScope): Generator<File> {
  for (const { fields } of allMessages(file.messages)) {
    for (const { value } of fields) {
      if (value.kind === "message") yield scope.message(value.type).file;
      else if (value.kind === "enum") yield scope.enumeration(value.type).file;
    }
  }
  for (const { commands } of file.services) {
    for (const { request, response, zserver } of commands) {
      for (const name of [request, response, ...zserver.errors]) yield scope.message(name).file;
    }
  }
}
