import { defaultJsonName } from "../../model/json-name.ts";
import type { Extension, Field, ValueType } from "../../model/schema.ts";
import { type Features, fieldFeatures } from "../features.ts";
import { isDeprecated, messageOption } from "../options/resolved.ts";
import { scalarValue } from "../options/scalar.ts";
import type { FieldNode } from "../syntax/ast.ts";
import { explicitJsonName, pseudoOptions } from "../syntax/pseudo-option.ts";
import { scalarTypes } from "../syntax/scalar.ts";
import type { Builder } from "./builder.ts";
import { buildOptions, buildPosition } from "./element.ts";

const noFieldOptions = Object.freeze({ view: false, secret: false });
const scalarValues: ReadonlyMap<string, ValueType> = new Map(
  [...scalarTypes.values()].map((type) => [type, Object.freeze({ kind: "scalar", type })]),
);

export function buildField(builder: Builder, node: FieldNode, parent: Features): Field {
  const { source, syntax } = builder.file;
  const inherited = node.oneof ? builder.featuresOf(node.oneof, parent) : parent;
  const features = fieldFeatures(inherited, node, syntax);
  const value = valueType(builder, node, features);
  const scalar = value.kind === "message" ? undefined : value.type;
  // Written out, without a spread: schemas have a hundred thousand fields, and a literal keeps each small.
  return {
    name: node.name.text,
    fullName: node.fullName,
    position: buildPosition(source, node.name.at),
    comment: node.comment,
    deprecated: isDeprecated(node.resolvedOptions),
    options: buildOptions(node.resolvedOptions),
    number: node.number,
    jsonName: explicitJsonName(node) ?? defaultJsonName(node.name.text),
    value,
    mapKey: node.mapKey && scalarTypes.get(node.mapKey.text),
    cardinality: node.mapKey ? "map" : node.label === "repeated" ? "repeated" : "singular",
    presence: presence(node, features, value),
    packed:
      node.label === "repeated" &&
      features.repeated_field_encoding === "PACKED" &&
      value.kind !== "message" &&
      scalar !== "string" &&
      scalar !== "bytes",
    validateUtf8: features.utf8_validation === "VERIFY",
    oneof: node.oneof?.name.text,
    defaultValue: defaultValue(node, value),
    zserver: fieldOptions(node),
  };
}

function fieldOptions(node: FieldNode): Field["zserver"] {
  const { view, secret } = messageOption(node.resolvedOptions, "[zserver.field]");
  return view === undefined && secret === undefined ? noFieldOptions : Object.freeze({ view: view === true, secret: secret === true });
}

export function buildExtension(builder: Builder, node: FieldNode, parent: Features): Extension {
  const field = buildField(builder, node, parent);
  return { ...field, deprecated: builder.deprecated || field.deprecated, extendee: node.extendee?.target?.fullName ?? "" };
}

function valueType(builder: Builder, node: FieldNode, features: Features): ValueType {
  const { target, text } = node.type;
  if (target?.kind === "message") {
    const delimited = features.message_encoding === "DELIMITED" && !node.mapKey;
    return Object.freeze({ kind: "message", type: target.fullName, delimited });
  }
  if (target?.kind === "enum") return Object.freeze({ kind: "enum", type: target.fullName, closed: builder.isClosed(target) });
  const scalar = scalarValues.get(text);
  if (scalar === undefined) throw new Error(`the type ${text} of ${node.fullName} was not resolved`);
  return scalar;
}

function presence(node: FieldNode, features: Features, value: ValueType): Field["presence"] {
  if (node.label === "repeated" || node.mapKey) return "implicit";
  if (features.field_presence === "LEGACY_REQUIRED" && !node.oneof && !node.extendee) return "required";
  if (node.oneof || node.extendee || value.kind === "message") return "explicit";
  return features.field_presence === "IMPLICIT" ? "implicit" : "explicit";
}

function defaultValue(node: FieldNode, value: ValueType): Field["defaultValue"] {
  const [option] = pseudoOptions(node, "default");
  if (option === undefined) return undefined;
  const written = option.value;
  if (value.kind === "enum") return written.kind === "identifier" ? written.text : undefined;
  if (value.kind === "message") return undefined;
  const result = scalarValue(value.type, written, false);
  return "value" in result ? result.value : undefined;
}
