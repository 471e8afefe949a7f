import type { Field, ScalarType, ValueType } from "../../model/schema.ts";
import type { Code } from "../imports.ts";
import { scalars, wrappedType } from "../scalar.ts";
import type { JsonScope } from "./json-scope.ts";

/** Scalars that are written alike: JSON knows neither zigzag nor fixed lengths. */
const alike: Readonly<Partial<Record<ScalarType, ScalarType>>> = {
  sint32: "int32",
  sfixed32: "int32",
  fixed32: "uint32",
  sint64: "int64",
  sfixed64: "int64",
  fixed64: "uint64",
};

/** The function that writes or reads a scalar. */
export function scalarJson(type: ScalarType, part: "write" | "read", scope: JsonScope): Code {
  return scope.runtime(`${part}${scalars[alike[type] ?? type].suffix}Json`);
}

/** The function that writes or reads one value. */
export function valueJson(value: ValueType, part: "write" | "read", scope: JsonScope): Code {
  if (value.kind === "scalar") return scalarJson(value.type, part, scope);
  return value.kind === "message" ? scope.messageJson(value.type, part) : scope.enumJson(value.type, part);
}

/** The call that writes or reads all of a field: one value, a list or a map. `json` is what is written or read. */
export function fieldJson(field: Field, part: "write" | "read", json: Code, key: string, context: string, scope: JsonScope): Code {
  const inner = wrappedType(field);
  const entry = inner === undefined ? valueJson(field.value, part, scope) : scalarJson(inner, part, scope);
  if (field.cardinality === "singular") return [entry, "(", json, `, ${key}, ${context})`];
  if (field.cardinality === "repeated") return [scope.runtime(`${part}ListJson`), "(", json, ", ", entry, `, ${key}, ${context})`];
  const name = part === "read" && field.mapKey === "bool" ? scope.runtime("readBoolKeyJson") : scalarJson(field.mapKey!, part, scope);
  return [scope.runtime(`${part}MapJson`), "(", json, ", ", name, ", ", entry, `, ${key}, ${context})`];
}
