import { concatBytes } from "../bytes/concat.ts";
import { decode, encode } from "./codec.ts";
import type { ExtensionField, ExtensionType } from "./extension-type.ts";
import type { Extensible } from "./message-type.ts";

const nothing = new Uint8Array(0);

/**
 * The value of an extension: undefined when it is absent, an empty list for a repeated one. It is decoded at each call.
 * Throws CommandError INVALID_ARGUMENT when what came is malformed, RESOURCE_EXHAUSTED when it holds more than 100,000 objects and entries.
 */
export function getExtension<Extendee extends Extensible, T>(message: NoInfer<Extendee>, extension: ExtensionType<Extendee, T>): T {
  return read(message, extension).value;
}

/** Whether an extension is there; for a repeated one, whether it has entries. Throws as {@link getExtension}. */
export function hasExtension<Extendee extends Extensible>(
  message: NoInfer<Extendee>,
  extension: ExtensionType<Extendee, unknown>,
): boolean {
  const { value } = read(message, extension);
  return Array.isArray(value) ? value.length > 0 : value !== undefined;
}

/**
 * A copy of the message with the extension set to `value`, encoded at once; the message itself is not changed.
 * Throws CommandError INVALID_ARGUMENT that names the extension when the schema cannot hold the value.
 */
export function setExtension<Extendee extends Extensible, Message extends Extendee, Init>(
  message: Message,
  extension: ExtensionType<Extendee, unknown, Init>,
  value: NoInfer<Init>,
): Message {
  const { $unknown: rest = nothing } = read(message, extension);
  return withUnknown(message, concatBytes(rest, encode(extension.field, { value })));
}

/** A copy of the message without the extension. Throws as {@link getExtension}. */
export function clearExtension<Extendee extends Extensible, Message extends Extendee>(
  message: Message,
  extension: ExtensionType<Extendee, unknown>,
): Message {
  return withUnknown(message, read(message, extension).$unknown ?? nothing);
}

function read<T>(message: Extensible, extension: ExtensionType<never, T>): ExtensionField<T> {
  return decode(extension.field, message.$unknown ?? nothing);
}

/** As decoding leaves it: a message without unknown fields has no such property. */
function withUnknown<Message extends Extensible>(message: Message, unknown: Uint8Array): Message {
  if (unknown.length > 0) return { ...message, $unknown: unknown };
  const { $unknown: _, ...fields } = message;
  return fields as Message;
}
