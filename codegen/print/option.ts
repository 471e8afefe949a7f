import type { Field, Option, OptionValue, ValueType } from "../model/schema.ts";
import { scalarLiteral } from "./literal.ts";
import type { OptionHost, OptionTypes } from "./option-types.ts";

/** `option name = value;`, one a line. */
export function* optionLines(options: readonly Option[], host: OptionHost, types: OptionTypes): Generator<string> {
  for (const option of options) yield `option ${assignment(option, host, types)};`;
}

/** ` [name = value, …]` behind a field or a value; nothing where there are none. */
export function inlineOptions(assignments: readonly string[]): string {
  return assignments.length === 0 ? "" : ` [${assignments.join(", ")}]`;
}

/** `name = value`. A leading dot keeps a name from meaning another one in an inner scope. */
export function assignment({ name, value }: Option, host: OptionHost, types: OptionTypes): string {
  return `${name.replaceAll("(", "(.")} = ${single(value, types.option(host, name).value, types)}`;
}

/** One value, as it stands behind `=` or in text format. */
function single(value: OptionValue, type: ValueType, types: OptionTypes): string {
  if (type.kind === "enum") return String(value);
  if (type.kind === "scalar") return scalarLiteral(value as NonNullable<Field["defaultValue"]>);
  const parts = Object.entries(value as { readonly [field: string]: OptionValue }).map(([key, inner]) => {
    // The type of an Any, as a URL.
    if (key.includes("/")) return `${key}: ${single(inner, { ...type, type: key.slice(key.lastIndexOf("/") + 1, -1) }, types)}`;
    return `${key}: ${all(inner, types.field(type.type, key), types)}`;
  });
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

/** All values of a field of a message in text format. */
function all(value: OptionValue, field: Field, types: OptionTypes): string {
  if (!Array.isArray(value)) return single(value, field.value, types);
  return `[${value.map((each) => (field.mapKey === undefined ? single(each, field.value, types) : entry(each, field, types))).join(", ")}]`;
}

function entry(value: OptionValue, field: Field, types: OptionTypes): string {
  const parts = Object.entries(value as { readonly [part: string]: OptionValue }).map(
    ([key, inner]) => `${key}: ${key === "key" ? scalarLiteral(inner as string) : single(inner, field.value, types)}`,
  );
  return `{ ${parts.join(", ")} }`;
}
