import { defaultJsonName } from "../model/json-name.ts";
import type { Field, File, ValueType } from "../model/schema.ts";
import { quote, scalarLiteral } from "./literal.ts";
import { assignment, inlineOptions } from "./option.ts";
import type { OptionTypes } from "./option-types.ts";

/** Where a field stands: its file's syntax decides what is written before it. */
export interface FieldContext {
  readonly syntax: File["syntax"];
  readonly types: OptionTypes;
}

/** A field without the `;`. */
export function fieldDeclaration(field: Field, context: FieldContext): string {
  return `${label(field, context.syntax)}${typeOf(field)} ${field.name} = ${field.number}${fieldOptions(field, context)}`;
}

/** A field of proto2 that declares its message along with itself, up to the brace. Its name is the message's in lower case. */
export function groupDeclaration(field: Field, context: FieldContext): string {
  const name = field.value.type.slice(field.value.type.lastIndexOf(".") + 1);
  return `${label(field, context.syntax)}group ${name} = ${field.number}${fieldOptions(field, context)}`;
}

export function isGroup({ value }: Field, { syntax }: FieldContext): boolean {
  return syntax === "proto2" && value.kind === "message" && value.delimited;
}

function label(field: Field, syntax: File["syntax"]): string {
  if (field.cardinality === "repeated") return "repeated ";
  if (field.cardinality === "map" || field.oneof !== undefined || syntax === "2023") return "";
  if (syntax === "proto2") return field.presence === "required" ? "required " : "optional ";
  return field.presence === "explicit" && field.value.kind !== "message" ? "optional " : "";
}

function typeOf({ value, mapKey }: Field): string {
  return mapKey === undefined ? typeName(value) : `map<${mapKey}, ${typeName(value)}>`;
}

/** With a leading dot, so that no inner scope can give the name another meaning. */
const typeName = ({ kind, type }: ValueType): string => (kind === "scalar" ? type : `.${type}`);

function fieldOptions(field: Field, { types }: FieldContext): string {
  const written: string[] = [];
  if (field.defaultValue !== undefined) written.push(`default = ${defaultValue(field, field.defaultValue)}`);
  if (field.jsonName !== defaultJsonName(field.name)) written.push(`json_name = ${quote(field.jsonName)}`);
  return inlineOptions([...written, ...field.options.map((option) => assignment(option, "Field", types))]);
}

function defaultValue({ value }: Field, written: NonNullable<Field["defaultValue"]>): string {
  return value.kind === "enum" ? String(written) : scalarLiteral(written);
}
