import type { Field, ValueType } from "../model/schema.ts";
import { literal } from "./comment.ts";
import type { Code } from "./imports.ts";
import type { Property } from "./message-scope.ts";
import { runtimeRef, valueType, zeroOf } from "./property-view.ts";
import { scalars, tagOf, wrapped } from "./scalar.ts";
import type { FileScope } from "./scope.ts";
import type { CaseView, EntryReadView, ValueReadView } from "./view.ts";

/** One case for each tag that the message knows, by field number. Lists of scalars are taken packed and unpacked, however they are declared. */
export function caseViews(properties: readonly Property[], scope: FileScope): CaseView[] {
  const cases = properties.flatMap((property) => {
    if (property.oneof === undefined) return fieldCases(property, property.field!, scope);
    return property.oneof.members.map(({ name, field }) => memberCase(property, name, field, scope));
  });
  return cases.sort((a, b) => a.tag - b.tag).map((one) => ({ ...one, ...shapeOf(one) }));
}

/** A case before it is known what its statements are like. */
type FieldCase = Omit<CaseView, "repeats" | "block" | "declares">;

function shapeOf({ single, member, list, packed, map }: FieldCase): Pick<CaseView, "repeats" | "block" | "declares"> {
  const declares = map !== undefined || (single ?? member ?? list ?? packed)?.guard !== undefined;
  return { repeats: list !== undefined || map !== undefined, block: declares || list?.scalar !== undefined, declares };
}

function fieldCases(property: Property, field: Field, scope: FileScope): FieldCase[] {
  const access = `message.${property.property}`;
  if (field.cardinality === "map") {
    const key = entryRead({ kind: "scalar", type: field.mapKey! }, 1, scope);
    return [{ tag: tagOf(field.number, 2), access, map: { key, value: entryRead(field.value, 2, scope) } }];
  }
  const tag = tagOf(field.number, wireTypeOf(field.value));
  if (field.cardinality === "repeated") {
    const read = valueRead(field, "", scope);
    const list: FieldCase = { tag, access, list: read };
    const packable = field.value.kind !== "message" && wireTypeOf(field.value) !== 2;
    return packable ? [list, { tag: tagOf(field.number, 2), access, packed: packedRead(field.value, read, scope) }] : [list];
  }
  return [{ tag, access, single: valueRead(field, access, scope) }];
}

/** A run is read in one call, but for closed enums, of which some numbers are kept as unknown fields. */
function packedRead(value: ValueType, read: ValueReadView, scope: FileScope): ValueReadView {
  if (read.guard !== undefined) return read;
  return { ...read, scalar: runtimeRef(scope, `readPacked${value.kind === "scalar" ? scalars[value.type].suffix : "Int32"}`) };
}

function memberCase(property: Property, name: string, field: Field, scope: FileScope): FieldCase {
  const access = `message.${property.property}`;
  const read = valueRead(
    field,
    field.value.kind === "message" ? [runtimeRef(scope, "memberOf"), `(${access}, ${literal(name)})`] : "",
    scope,
  );
  return { tag: tagOf(field.number, wireTypeOf(field.value)), access, member: { ...read, name: literal(name) } };
}

function wireTypeOf(value: ValueType): number {
  if (value.kind === "message") return value.delimited ? 3 : 2;
  return value.kind === "enum" ? 0 : scalars[value.type].wireType;
}

function valueRead(field: Field, previous: Code, scope: FileScope): ValueReadView {
  const { value } = field;
  const read = readOf(value, previous, field.number, scope);
  if (value.kind === "scalar" && value.type === "bytes" && field.zserver.view) return { ...read, scalar: runtimeRef(scope, "readView") };
  return wrapped(field) === undefined ? read : { ...read, wrapper: true };
}

function readOf(value: ValueType, previous: Code, number: number, scope: FileScope): ValueReadView {
  const tag = tagOf(number, wireTypeOf(value));
  if (value.kind === "message") {
    return { tag, message: scope.codec(value.type, "read"), group: value.delimited, wrapper: false, previous };
  }
  const scalar = runtimeRef(scope, `read${value.kind === "enum" ? "Int32" : scalars[value.type].suffix}`);
  const guard = value.kind === "enum" && value.closed ? { known: scope.enumGuard(value.type), tag } : undefined;
  return { tag, scalar, group: false, wrapper: false, previous: "", guard };
}

function entryRead(value: ValueType, number: number, scope: FileScope): EntryReadView {
  const name = number === 1 ? "key" : "value";
  const type = value.kind === "enum" ? "number" : valueType(value, "type", scope);
  const zero = zeroOf(value, scope);
  return {
    tag: tagOf(number, wireTypeOf(value)),
    type: zero === undefined ? [type, " | undefined"] : type,
    initial: zero ?? "undefined",
    read: readOf(value, name, number, scope),
  };
}
