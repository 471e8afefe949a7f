import type { Enum, Field, ValueType } from "../model/schema.ts";
import { cardinality, subject, typeName } from "./fields.ts";
import type { Check } from "./rule.ts";
import { fieldPairs, type Pair, type SchemaPair } from "./schema-pair.ts";

/** Scalars of one group are read as each other on the wire, as buf has it: not always without loss. */
const wireGroups: readonly ReadonlySet<string>[] = [
  new Set(["int32", "uint32", "int64", "uint64", "bool"]),
  new Set(["sint32", "sint64"]),
  new Set(["fixed32", "sfixed32"]),
  new Set(["fixed64", "sfixed64"]),
];

const wireJsonGroups: readonly ReadonlySet<string>[] = [
  new Set(["int32", "uint32"]),
  new Set(["int64", "uint64"]),
  new Set(["fixed32", "sfixed32"]),
  new Set(["fixed64", "sfixed64"]),
];

function compatibleType(groups: readonly ReadonlySet<string>[], stringToBytes: boolean): Check {
  return (schemas, report) => {
    for (const { before, after } of fieldPairs(schemas)) {
      if (isCompatible({ before: before.value, after: after.value }, groups, stringToBytes, schemas)) continue;
      report(after.position, `the type of ${subject(after)} was ${typeName(before)} and is ${typeName(after)}`);
    }
  };
}

function isCompatible(
  { before, after }: Pair<ValueType>,
  groups: readonly ReadonlySet<string>[],
  stringToBytes: boolean,
  schemas: SchemaPair,
): boolean {
  if (before.kind === "scalar" && after.kind === "scalar") {
    if (before.type === after.type || (stringToBytes && before.type === "string" && after.type === "bytes")) return true;
    return groups.some((group) => group.has(before.type) && group.has(after.type));
  }
  if (before.kind === "message" && after.kind === "message") return before.type === after.type && before.delimited === after.delimited;
  if (before.kind === "enum" && after.kind === "enum")
    return before.type === after.type || growsInto({ before: before.type, after: after.type }, schemas);
  return false;
}

/** Whether another enum of the same short name has all that the one before it had. */
function growsInto({ before, after }: Pair<string>, schemas: SchemaPair): boolean {
  const was = schemas.before.enums.get(before)?.element;
  const is = schemas.after.enums.get(after)?.element;
  return was !== undefined && is !== undefined && was.name === is.name && isSubset(was, is);
}

function isSubset({ values }: Enum, larger: Enum): boolean {
  return values.every(({ name, number }) => larger.values.some((value) => value.name === name && value.number === number));
}

export const fieldWireCompatibleType: Check = compatibleType(wireGroups, true);
export const fieldWireJsonCompatibleType: Check = compatibleType(wireJsonGroups, false);

function compatibleCardinality(of: (field: Field) => string): Check {
  return (schemas, report) => {
    for (const { before, after } of fieldPairs(schemas))
      if (of(before) !== of(after)) report(after.position, `${subject(after)} was ${cardinality(before)} and is ${cardinality(after)}`);
  };
}

/** A required field is never read where it is not required without somebody failing sooner or later. */
const often = ({ cardinality: often, presence }: Field): string => (presence === "required" ? presence : often);

export const fieldWireJsonCompatibleCardinality: Check = compatibleCardinality(often);
/** Maps are lists of entries. */
export const fieldWireCompatibleCardinality: Check = compatibleCardinality((field) => (often(field) === "map" ? "repeated" : often(field)));
