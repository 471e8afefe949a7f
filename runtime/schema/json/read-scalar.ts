/**
 * One function for each kind of scalar in JSON. Numbers may be strings too, and bytes either kind of base64.
 * Each throws CommandError INVALID_ARGUMENT that names the path for JSON that is no such value.
 * Source: https://protobuf.dev/programming-guides/json/
 */
import { decodeBase64 } from "../../bytes/base64.ts";
import { isWellFormed } from "../../bytes/utf8.ts";
import type { JsonPath } from "./json-path.ts";
import { integerOf, numberOf } from "./number-text.ts";
import type { JsonKey, JsonValue } from "./value.ts";

export function readInt32Json(json: JsonValue, key: JsonKey, path: JsonPath): number {
  const value = integer32(json);
  return value === (value | 0) ? value + 0 : path.fail(key, json, "an int32");
}

export function readUint32Json(json: JsonValue, key: JsonKey, path: JsonPath): number {
  const value = integer32(json);
  return value === value >>> 0 ? value + 0 : path.fail(key, json, "a uint32");
}

export function readInt64Json(json: JsonValue, key: JsonKey, path: JsonPath): bigint {
  const value = integer64(json);
  return value !== undefined && BigInt.asIntN(64, value) === value ? value : path.fail(key, json, "an int64");
}

export function readUint64Json(json: JsonValue, key: JsonKey, path: JsonPath): bigint {
  const value = integer64(json);
  return value !== undefined && BigInt.asUintN(64, value) === value ? value : path.fail(key, json, "a uint64");
}

export function readFloatJson(json: JsonValue, key: JsonKey, path: JsonPath): number {
  const value = readDoubleJson(json, key, path);
  const float = Math.fround(value);
  return Number.isFinite(float) || !Number.isFinite(value) ? float : path.fail(key, json, "within the range of a float");
}

export function readDoubleJson(json: JsonValue, key: JsonKey, path: JsonPath): number {
  switch (json) {
    case "NaN":
      return Number.NaN;
    case "Infinity":
      return Number.POSITIVE_INFINITY;
    case "-Infinity":
      return Number.NEGATIVE_INFINITY;
  }
  const value = typeof json === "string" ? numberOf(json) : json;
  return typeof value === "number" && Number.isFinite(value) ? value : path.fail(key, json, "a finite number");
}

export function readBoolJson(json: JsonValue, key: JsonKey, path: JsonPath): boolean {
  return typeof json === "boolean" ? json : path.fail(key, json, "a boolean");
}

/** The key of a map: names of members are strings. */
export function readBoolKeyJson(json: JsonValue, key: JsonKey, path: JsonPath): boolean {
  return json === "true" || (json !== "false" && path.fail(key, json, '"true" or "false"'));
}

export function readStringJson(json: JsonValue, key: JsonKey, path: JsonPath): string {
  if (typeof json !== "string") return path.fail(key, json, "a string");
  return isWellFormed(json) ? json : path.fail(key, json, "well-formed: it holds a lone surrogate");
}

export function readBytesJson(json: JsonValue, key: JsonKey, path: JsonPath): Uint8Array {
  const bytes = typeof json === "string" ? decodeBase64(json) : undefined;
  return bytes ?? path.fail(key, json, "base64");
}

/** NaN for what is no number. */
function integer32(json: JsonValue): number {
  if (typeof json === "number") return json;
  const value = typeof json === "string" ? integerOf(json) : undefined;
  return value === undefined ? Number.NaN : Number(value);
}

function integer64(json: JsonValue): bigint | undefined {
  if (typeof json === "string") return integerOf(json);
  return typeof json === "number" && Number.isInteger(json) ? BigInt(json) : undefined;
}
