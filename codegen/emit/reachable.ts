import type { Field, File, Schema } from "../model/schema.ts";
import { allExtensions, allMessages } from "./names.ts";
import type { SchemaScope } from "./scope.ts";

/**
 * The files that code is written for: all but the built-in ones. Protobuf's own other files (every user of options imports
 * `google/protobuf/descriptor.proto`) only where somebody asked for them or uses their types.
 */
export function emittedFiles(schema: Schema, scope: SchemaScope): ReadonlySet<File> {
  const wanted = new Set(schema.files.filter((file) => file.requested || !file.name.startsWith("google/protobuf/")));
  for (let size = 0; size !== wanted.size; ) {
    size = wanted.size;
    for (const file of wanted) for (const used of usedFiles(file, wanted, scope)) wanted.add(used);
  }
  return new Set([...wanted].filter((file) => !scope.naming.builtIn.has(file.name)));
}

/** An extension is written where the message is that it extends: options, which extend those of descriptor.proto, only beside descriptor.proto. */
function* usedFiles(file: File, wanted: ReadonlySet<File>, scope: SchemaScope): Generator<File> {
  for (const extension of allExtensions(file)) if (wanted.has(scope.message(extension.extendee).file)) yield* fileOf(extension, scope);
  for (const { fields } of allMessages(file.messages)) for (const field of fields) yield* fileOf(field, scope);
  for (const { commands } of file.services) {
    for (const { request, response, zserver } of commands) {
      for (const name of [request, response, ...zserver.errors]) yield scope.message(name).file;
    }
  }
}

function* fileOf({ value }: Field, scope: SchemaScope): Generator<File> {
  if (value.kind === "message") yield scope.message(value.type).file;
  else if (value.kind === "enum") yield scope.enumeration(value.type).file;
}
