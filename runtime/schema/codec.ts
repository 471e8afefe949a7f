import { malformed, unsendable } from "../bytes/fault.ts";
import { discardWritten, giveReader, takeReader, takeWriter, takeWritten } from "../bytes/pool.ts";
import { defaultDecodeElements, type Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";
import { CommandError } from "../errors/command-error.ts";
import { elementBound } from "./element-bound.ts";
import type { MessageReader, MessageWriter } from "./message-type.ts";

/** What a message may make of its reader's memory. */
export interface DecodeLimits {
  /** Objects and list or map entries that the message may hold. Default 100,000: without it two bytes of an empty submessage cost a hundred. */
  readonly decodeElements?: number | undefined;
}

/**
 * Encodes a message in protobuf's binary format. The caller owns the bytes, which nobody writes again; small messages are views that share
 * one `ArrayBuffer`, as Node's small Buffers do, so copy them before transferring `bytes.buffer`.
 * Throws CommandError INVALID_ARGUMENT that names the message and the field whose value the schema cannot hold.
 */
export function encode<Init>(type: MessageWriter<Init>, init: Init): Uint8Array {
  const writer = takeWriter();
  const start = writer.position;
  try {
    writeFields(writer, type, init);
    return takeWritten(writer, start);
  } catch (error) {
    discardWritten(writer, start);
    throw error;
  }
}

/**
 * Decodes a message from protobuf's binary format. The message owns its memory, except for `bytes` fields with the option `view`.
 * Throws CommandError INVALID_ARGUMENT for malformed bytes, RESOURCE_EXHAUSTED when it holds more than the schema's `max_elements` or
 * `limits.decodeElements`; a limit that is left at its default gives way to the schema.
 */
export function decode<T>(type: MessageReader<T>, bytes: Uint8Array, limits?: DecodeLimits): T {
  const reader = takeReader(bytes);
  const message = decodeRest(type, reader, limits?.decodeElements ?? defaultDecodeElements);
  giveReader(reader);
  return message;
}

/**
 * Decodes the message between a reader's position and its end. Throws as {@link decode}, and RESOURCE_EXHAUSTED for one that is not here.
 *
 * @param elements the limit `decodeElements`; see {@link elementBound}
 */
export function decodeRest<T>(type: MessageReader<T>, reader: Reader, elements: number): T {
  reader.elements = elementBound(type.maxElements, elements);
  try {
    if (reader.missing !== undefined) throw reader.missing;
    const message = type.read(reader, reader.end);
    if (reader.position !== reader.end) malformed("a field reaches past the end of its message");
    return message;
  } catch (error) {
    throw located(type.name, error);
  }
}

/**
 * Appends what an application gave as a message: JavaScript may give anything, and a number would be a message without fields.
 * Throws as {@link encode}.
 */
export function writeFields<Init>(writer: Writer, type: MessageWriter<Init>, init: Init): void {
  try {
    if (typeof init !== "object" || init === null) unsendable("", init, "an object with its fields, such as {}");
    type.write(writer, init);
  } catch (error) {
    throw located(type.name, error);
  }
}

/** The same error with the message's name before it. */
export function located(name: string, error: unknown): CommandError {
  if (CommandError.is(error)) return new CommandError(error.code, `${name}: ${error.message}`, { outcome: error.outcome });
  const message = error instanceof Error ? error.message : String(error);
  return new CommandError("INVALID_ARGUMENT", `${name}: ${message}`, { outcome: "NOT_RUN", cause: error });
}
