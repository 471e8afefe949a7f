/** What generated JSON code needs. */
export { readAnyJson, writeAnyJson } from "./any.ts";
export { readListJson, readMapJson, writeListJson, writeMapJson } from "./collection.ts";
export { fromJson, toJson } from "./convert.ts";
export { readEnumNumberJson, readNullValueJson, writeNullValueJson } from "./enum.ts";
export { readFieldMaskJson, writeFieldMaskJson } from "./field-mask.ts";
export type { JsonReader } from "./json-reader.ts";
export type { JsonEnum, JsonExtension, JsonType, ReadJson, WriteJson } from "./json-type.ts";
export type { JsonWriter } from "./json-writer.ts";
export type { FromJsonOptions, ToJsonOptions } from "./options.ts";
export { parseJson } from "./parse-json.ts";
export * from "./read-scalar.ts";
export {
  readListValueJson,
  readStructJson,
  readValueJson,
  writeListValueJson,
  writeStructJson,
  writeValueJson,
} from "./struct.ts";
export { readDurationJson, readTimestampJson, writeDurationJson, writeTimestampJson } from "./time.ts";
export { type TypeRegistry, typeRegistry } from "./type-registry.ts";
export { type JsonKey, type JsonObject, type JsonValue, setMember } from "./value.ts";
export * from "./write-scalar.ts";
