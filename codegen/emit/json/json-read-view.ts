import type { Field } from "../../model/schema.ts";
import { literal } from "../comment.ts";
import type { Property } from "../message-scope.ts";
import type { JsonScope } from "./json-scope.ts";
import { fieldJson } from "./json-value.ts";
import type { JsonCaseView } from "./json-view.ts";
import { isNullable } from "./special.ts";

/** One case for each field, under its name in JSON and its name in the schema. A name in JSON comes before another field's name in the schema. */
export function jsonCases(properties: readonly Property[], scope: JsonScope): JsonCaseView[] {
  const fields = properties.flatMap(namedFields);
  const jsonNames = new Set(fields.map(({ field }) => field.jsonName));
  const seen = new Set<string>();
  return fields.flatMap((named) => {
    const { field } = named;
    const names = [field.jsonName, ...(jsonNames.has(field.name) ? [] : [field.name])].filter((name) => !seen.has(name));
    for (const name of names) seen.add(name);
    return names.length === 0 ? [] : [caseView(named, names, scope)];
  });
}

interface NamedField {
  readonly property: Property;
  readonly field: Field;
  /** The name of a oneof's member, as a string literal. */
  readonly member: string | undefined;
}

function namedFields(property: Property): NamedField[] {
  if (property.oneof === undefined) return [{ property, field: property.field!, member: undefined }];
  return property.oneof.members.map(({ name, field }) => ({ property, field, member: literal(name) }));
}

function caseView({ property, field, member }: NamedField, names: readonly string[], scope: JsonScope): JsonCaseView {
  return {
    labels: names.map(literal),
    alias: names.length > 1 ? literal(field.jsonName) : undefined,
    nullable: isNullable(field),
    access: `message.${property.property}`,
    value: fieldJson(field, "read", "value", "name", "reader", scope),
    optional: field.cardinality === "singular" && field.value.kind === "enum",
    member,
  };
}
