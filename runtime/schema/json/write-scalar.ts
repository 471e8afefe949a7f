/**
 * One function for each kind of scalar in JSON. They check the value, as TypeScript's types cannot. Each throws CommandError INVALID_ARGUMENT
 * that names the path for a value that the type cannot hold. Source: https://protobuf.dev/programming-guides/json/
 */
import { encodeBase64 } from "../../bytes/base64.ts";
import { isWellFormed } from "../../bytes/utf8.ts";
import type { JsonPath } from "./json-path.ts";
import type { JsonKey } from "./value.ts";

/** Integers up to here are floats. */
const exactFloats = 2 ** 24;

export function writeInt32Json(value: number, key: JsonKey, path: JsonPath): number {
  if (typeof value !== "number" || (value | 0) !== value) path.fail(key, value, "an int32");
  return value;
}

export function writeUint32Json(value: number, key: JsonKey, path: JsonPath): number {
  if (typeof value !== "number" || value >>> 0 !== value) path.fail(key, value, "a uint32");
  return value;
}

/** A string: JSON's numbers are doubles to most readers. */
export function writeInt64Json(value: bigint, key: JsonKey, path: JsonPath): string {
  if (typeof value !== "bigint" || BigInt.asIntN(64, value) !== value) path.fail(key, value, "an int64 (a bigint)");
  return value.toString();
}

/** A string, as {@link writeInt64Json}. */
export function writeUint64Json(value: bigint, key: JsonKey, path: JsonPath): string {
  if (typeof value !== "bigint" || BigInt.asUintN(64, value) !== value) path.fail(key, value, "a uint64 (a bigint)");
  return value.toString();
}

/** No more digits than it takes to be the same float, so that 0.1 stays 0.1. */
export function writeFloatJson(value: number, key: JsonKey, path: JsonPath): number | string {
  if (typeof value !== "number") path.fail(key, value, "a number");
  const float = Math.fround(value);
  if (!Number.isFinite(float)) return Number.isFinite(value) ? path.fail(key, value, "within the range of a float") : String(value);
  if (Number.isInteger(float) && Math.abs(float) <= exactFloats) return float;
  for (let digits = 7; digits < 9; digits++) {
    const shorter = Number(float.toPrecision(digits));
    if (Math.fround(shorter) === float) return shorter;
  }
  return Number(float.toPrecision(9));
}

export function writeDoubleJson(value: number, key: JsonKey, path: JsonPath): number | string {
  if (typeof value !== "number") path.fail(key, value, "a number");
  return Number.isFinite(value) ? value : String(value);
}

export function writeBoolJson(value: boolean, key: JsonKey, path: JsonPath): boolean {
  if (typeof value !== "boolean") path.fail(key, value, "a boolean");
  return value;
}

export function writeStringJson(value: string, key: JsonKey, path: JsonPath): string {
  if (typeof value !== "string") path.fail(key, value, "a string");
  if (!isWellFormed(value)) path.fail(key, value, "well-formed: it holds a lone surrogate");
  return value;
}

/** base64 with padding. */
export function writeBytesJson(value: Uint8Array, key: JsonKey, path: JsonPath): string {
  if (!(value instanceof Uint8Array)) path.fail(key, value, "a Uint8Array");
  return encodeBase64(value);
}
