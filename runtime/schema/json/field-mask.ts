import type { FieldMask, FieldMaskInit } from "../../../generated/google/protobuf/field_mask.ts";
import { emptyList } from "../empty.ts";
import type { JsonReader } from "./json-reader.ts";
import type { JsonWriter } from "./json-writer.ts";
import type { JsonKey, JsonValue } from "./value.ts";
import { writeStringJson } from "./write-scalar.ts";

/** Paths in lowerCamelCase behind commas. Source: google/protobuf/field_mask.proto. */
export function writeFieldMaskJson({ paths = emptyList }: FieldMaskInit, key: JsonKey, writer: JsonWriter): string {
  return paths
    .map((path) => {
      const camel = writeStringJson(path, key, writer).replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      if (path === "" || /[A-Z,]/.test(path) || camel.includes("_")) writer.fail(key, path, "a path that JSON can hold: lower_snake_case");
      return camel;
    })
    .join(",");
}

export function readFieldMaskJson(json: JsonValue, key: JsonKey, reader: JsonReader): FieldMask {
  if (typeof json !== "string") return reader.fail(key, json, "a string with paths behind commas");
  if (json === "") return { paths: emptyList };
  const paths = json.split(",").map((path) => {
    reader.element();
    if (path === "" || path.includes("_")) reader.fail(key, path, "a path in lowerCamelCase");
    return path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  });
  return { paths };
}
