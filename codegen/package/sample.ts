import type { Code } from "../emit/imports.ts";
import { type Property, propertiesOf } from "../emit/message-scope.ts";
import { scalars, wrapped } from "../emit/scalar.ts";
import type { SchemaScope } from "../emit/scope.ts";
import type { Field } from "../model/schema.ts";

/** How many fields an example shows beyond those that must be there. */
const SHOWN_FIELDS = 3;

const values = { string: '"…"', number: "1", bigint: "1n", boolean: "true", Uint8Array: "new Uint8Array()" } as const;

/**
 * An object that may be sent as a message, with some of its fields; undefined for a message that contains itself in required fields, which
 * nobody can send.
 */
export function sampleMessage(fullName: string, scope: SchemaScope): Code | undefined {
  return sample(fullName, scope, SHOWN_FIELDS, new Set());
}

function sample(fullName: string, scope: SchemaScope, shown: number, outer: ReadonlySet<string>): Code | undefined {
  if (outer.has(fullName)) return undefined;
  const inner = new Set([...outer, fullName]);
  const { message } = scope.message(fullName);
  const properties = propertiesOf(message);
  const telling = properties.filter(isTelling).slice(0, shown);
  const members: Code[] = [];
  for (const property of properties) {
    const { field } = property;
    if (field === undefined || (field.presence !== "required" && !telling.includes(property))) continue;
    const value = sampleValue(field, scope, inner);
    if (value === undefined) return undefined;
    members.push([members.length === 0 ? " " : ", ", property.property, ": ", value]);
  }
  return members.length === 0 ? "{}" : ["{", ...members, " }"];
}

/** Whether somebody who reads the example sees at once what belongs there. */
function isTelling({ field }: Property): boolean {
  return (
    field !== undefined &&
    field.cardinality === "singular" &&
    field.value.kind === "scalar" &&
    field.value.type !== "bytes" &&
    !field.deprecated
  );
}

function sampleValue(field: Field, scope: SchemaScope, outer: ReadonlySet<string>): Code | undefined {
  const { value } = field;
  if (value.kind === "scalar") return values[scalars[value.type].type];
  if (value.kind === "enum") return String(scope.enumeration(value.type).enumeration.values[0]?.number ?? 0);
  const wrapper = wrapped(field);
  return wrapper === undefined ? sample(value.type, scope, 0, outer) : values[wrapper.type];
}
