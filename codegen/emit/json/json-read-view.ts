import type { Field } from "../../model/schema.ts";
import { literal } from "../comment.ts";
import type { Code } from "../imports.ts";
import type { Property } from "../message-scope.ts";
import { fieldTypes, propertyView } from "../property-view.ts";
import type { JsonScope } from "./json-scope.ts";
import { fieldJson } from "./json-value.ts";
import type { JsonCaseView, JsonVariableView } from "./json-view.ts";
import { isNullable } from "./special.ts";

/** One variable for each property. What must be there begins as undefined, so that its absence is seen. */
export function jsonVariables(properties: readonly Property[], message: Code, scope: JsonScope): JsonVariableView[] {
  return properties.map((property) => {
    const { variable, shorthand, variableType, initial } = propertyView(property, message, scope);
    if (property.field?.presence !== "required") return { variable, shorthand, type: variableType, initial };
    const { type } = fieldTypes(property.field, scope);
    return { variable, shorthand, type: [type, " | undefined"], initial: undefined };
  });
}

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
    variable: property.variable,
    value: fieldJson(field, "read", "value", "name", "reader", scope),
    optional: field.cardinality === "singular" && field.value.kind === "enum",
    member,
  };
}
