/** JSON without a schema: its own form is itself. Source: google/protobuf/struct.proto. */
import type { ListValue, ListValueInit, Struct, StructInit, Value, ValueInit } from "../../../generated/google/protobuf/struct.ts";
import { emptyList, emptyMap } from "../empty.ts";
import { writeMapJson } from "./collection.ts";
import type { JsonReader } from "./json-reader.ts";
import type { JsonWriter } from "./json-writer.ts";
import { readStringJson } from "./read-scalar.ts";
import { asObject, isArray, type JsonKey, type JsonObject, type JsonValue } from "./value.ts";
import { writeBoolJson, writeStringJson } from "./write-scalar.ts";

export function writeStructJson({ fields = emptyMap }: StructInit, key: JsonKey, writer: JsonWriter): JsonValue {
  return writeMapJson(fields, writeStringJson, writeValueJson, key, writer);
}

export function writeListValueJson({ values = emptyList }: ListValueInit, key: JsonKey, writer: JsonWriter): JsonValue {
  if (!Array.isArray(values)) writer.fail(key, values, "an array");
  writer.descend(key);
  const json = values.map((value, i) => writeValueJson(value, i, writer));
  writer.ascend();
  return json;
}

export function writeValueJson({ kind }: ValueInit, key: JsonKey, writer: JsonWriter): JsonValue {
  switch (kind?.case) {
    case "nullValue":
      return null;
    case "numberValue":
      return Number.isFinite(kind.value) ? kind.value : writer.fail(key, kind.value, "a finite number");
    case "stringValue":
      return writeStringJson(kind.value, key, writer);
    case "boolValue":
      return writeBoolJson(kind.value, key, writer);
    case "structValue":
      return writeStructJson(kind.value, key, writer);
    case "listValue":
      return writeListValueJson(kind.value, key, writer);
    default:
      return writer.fail(key, kind, "a kind of google.protobuf.Value, and one must be set");
  }
}

export function readStructJson(json: JsonValue, key: JsonKey, reader: JsonReader): Struct {
  return membersOf(asObject(json) ?? reader.fail(key, json, "an object"), key, reader);
}

export function readListValueJson(json: JsonValue, key: JsonKey, reader: JsonReader): ListValue {
  return entriesOf(isArray(json) ? json : reader.fail(key, json, "an array"), key, reader);
}

export function readValueJson(json: JsonValue, key: JsonKey, reader: JsonReader): Value {
  if (json === null) return { kind: { case: "nullValue", value: 0 } };
  if (isArray(json)) return { kind: { case: "listValue", value: entriesOf(json, key, reader) } };
  switch (typeof json) {
    case "boolean":
      return { kind: { case: "boolValue", value: json } };
    case "string":
      return { kind: { case: "stringValue", value: readStringJson(json, key, reader) } };
    case "number":
      if (!Number.isFinite(json)) return reader.fail(key, json, "a finite number");
      return { kind: { case: "numberValue", value: json } };
    case "object":
      return { kind: { case: "structValue", value: membersOf(json, key, reader) } };
    default:
      return reader.fail(key, json, "JSON");
  }
}

function membersOf(json: JsonObject, key: JsonKey, reader: JsonReader): Struct {
  const fields = new Map<string, Value>();
  reader.descend(key);
  for (const name of Object.keys(json)) {
    reader.element();
    fields.set(readStringJson(name, name, reader), readValueJson(json[name]!, name, reader));
  }
  reader.ascend();
  return { fields: fields.size === 0 ? emptyMap : fields };
}

function entriesOf(json: readonly JsonValue[], key: JsonKey, reader: JsonReader): ListValue {
  reader.descend(key);
  const values = json.map((entry, i) => {
    reader.element();
    return readValueJson(entry, i, reader);
  });
  reader.ascend();
  return { values: values.length === 0 ? emptyList : values };
}
