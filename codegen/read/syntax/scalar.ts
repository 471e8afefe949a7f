import type { ScalarType } from "../../model/schema.ts";

const names: readonly ScalarType[] = [
  "double",
  "float",
  "int32",
  "int64",
  "uint32",
  "uint64",
  "sint32",
  "sint64",
  "fixed32",
  "fixed64",
  "sfixed32",
  "sfixed64",
  "bool",
  "string",
  "bytes",
];

/** The types that are keywords. */
export const scalarTypes: ReadonlyMap<string, ScalarType> = new Map(names.map((name) => [name, name]));

/** What a map may be indexed by: integers, bool and string. */
export const mapKeyTypes: ReadonlySet<ScalarType> = new Set(
  names.filter((name) => name !== "double" && name !== "float" && name !== "bytes"),
);
