import { located } from "../codec.ts";
import { JsonReader } from "./json-reader.ts";
import type { JsonType } from "./json-type.ts";
import { JsonWriter } from "./json-writer.ts";
import { checkFromJsonOptions, checkToJsonOptions, type FromJsonOptions, type ToJsonOptions } from "./options.ts";
import type { JsonValue } from "./value.ts";

/**
 * A message in protobuf's JSON format, for `JSON.stringify`. Fields that the schema does not know are left out, except for extensions that
 * `options.types` has. Throws CommandError INVALID_ARGUMENT that names the message and the path of what the schema or JSON cannot hold,
 * RESOURCE_EXHAUSTED beyond a limit; TypeError for unknown options.
 */
export function toJson<T, Init>(type: JsonType<T, Init>, message: Init, options?: ToJsonOptions): JsonValue {
  if (options !== undefined) checkToJsonOptions(options);
  try {
    return type.write(message, "", new JsonWriter(options));
  } catch (error) {
    throw located(type.type.name, error);
  }
}

/**
 * The message that a value of `JSON.parse` stands for in protobuf's JSON format: what decoding the same message would give.
 * Throws CommandError INVALID_ARGUMENT that names the message and the path of what is wrong, RESOURCE_EXHAUSTED beyond a limit; TypeError for
 * unknown options.
 */
export function fromJson<T>(type: JsonType<T, never>, json: JsonValue, options?: FromJsonOptions): T {
  if (options !== undefined) checkFromJsonOptions(options);
  try {
    return type.read(json, "", new JsonReader(options, type.type.maxElements));
  } catch (error) {
    throw located(type.type.name, error);
  }
}
