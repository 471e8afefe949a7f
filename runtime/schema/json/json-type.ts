import type { ExtensionType } from "../extension-type.ts";
import type { MessageType } from "../message-type.ts";
import type { JsonReader } from "./json-reader.ts";
import type { JsonWriter } from "./json-writer.ts";
import type { JsonKey, JsonValue } from "./value.ts";

/**
 * What ProtoJSON needs to know of a message: a plain constant of generated code, beside the message's own descriptor, so that a program without
 * JSON carries none of it.
 *
 * @typeParam T what reading yields
 * @typeParam Init what senders pass
 */
export interface JsonType<T = unknown, Init = T> {
  readonly type: MessageType<T, Init>;
  /** The message has a form of its own, as timestamps and wrappers have; `Any` holds that under `value`. */
  readonly special: boolean;
  /** Throws CommandError INVALID_ARGUMENT, naming the path, for values that the schema or JSON cannot hold. */
  write(message: Init, key: JsonKey, writer: JsonWriter): JsonValue;
  /** Throws CommandError INVALID_ARGUMENT, naming the path, for JSON that is no such message, RESOURCE_EXHAUSTED beyond a limit. */
  read(json: JsonValue, key: JsonKey, reader: JsonReader): T;
}

/** What ProtoJSON needs to know of an enum. */
export interface JsonEnum<T extends number = number> {
  write(value: T, key: JsonKey, writer: JsonWriter): JsonValue;
  /** Undefined for a name or number that the enum does not have, where those are passed over. */
  read(json: JsonValue, key: JsonKey, reader: JsonReader): T | undefined;
}

/** What ProtoJSON needs to know of an extension. */
export interface JsonExtension<T = unknown, Init = T> {
  readonly extension: ExtensionType<never, T, Init>;
  write(value: Init, key: JsonKey, writer: JsonWriter): JsonValue;
  /** Undefined where it is absent or passed over. */
  read(json: JsonValue, key: JsonKey, reader: JsonReader): Init | undefined;
}

/** How one value is written. `key` says where it lies in what is open. */
export type WriteJson<T> = (value: T, key: JsonKey, writer: JsonWriter) => JsonValue;

/** How one value is read; undefined where it is passed over. */
export type ReadJson<T> = (json: JsonValue, key: JsonKey, reader: JsonReader) => T | undefined;
