import { writeInt32Json } from "./write-scalar.ts";
import type { JsonReader } from "./json-reader.ts";
import type { JsonWriter } from "./json-writer.ts";
import type { JsonKey, JsonValue } from "./value.ts";

/**
 * Reads what is not one of an enum's names: a number. Undefined where it is passed over.
 *
 * @param known says which numbers a closed enum has; undefined for open enums, which take all
 */
export function readEnumNumberJson<T extends number>(
  json: JsonValue,
  key: JsonKey,
  reader: JsonReader,
  name: string,
  known?: (value: number) => value is T,
): T | undefined {
  if (typeof json === "number" && (json | 0) === json && (known === undefined || known(json))) return (json + 0) as T;
  if (reader.ignoreUnknownFields && (typeof json === "string" || typeof json === "number")) return undefined;
  return reader.fail(key, json, `a name or number of the enum ${name}`);
}

/** `google.protobuf.NullValue` is JSON's null, also where other enums are numbers. */
export function writeNullValueJson(value: number, key: JsonKey, writer: JsonWriter): JsonValue {
  return value === 0 ? null : writeInt32Json(value, key, writer);
}

export function readNullValueJson(json: JsonValue, key: JsonKey, reader: JsonReader): number | undefined {
  return json === null || json === "NULL_VALUE" ? 0 : readEnumNumberJson(json, key, reader, "google.protobuf.NullValue");
}
