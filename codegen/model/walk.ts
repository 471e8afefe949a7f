import type { Enum, Extension, Field, File, Message } from "./schema.ts";

/** Every message of a file, those within messages too. */
export function* messagesOf(scope: Pick<File | Message, "messages">): Generator<Message> {
  for (const message of scope.messages) {
    yield message;
    yield* messagesOf(message);
  }
}

/** Every enum of a file, those within messages too. */
export function* enumsOf(file: File): Generator<Enum> {
  yield* file.enums;
  for (const message of messagesOf(file)) yield* message.enums;
}

/** Every field of a file, extensions too. */
export function* fieldsOf(file: File): Generator<Field> {
  yield* extensionsOf(file);
  for (const message of messagesOf(file)) yield* message.fields;
}

/** Every extension of a file, those within messages too. */
export function* extensionsOf(file: File): Generator<Extension> {
  yield* file.extensions;
  for (const message of messagesOf(file)) yield* message.extensions;
}
