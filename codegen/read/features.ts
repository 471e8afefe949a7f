import { messageOption, type OptionMessage, type ResolvedOptions } from "./options/resolved.ts";
import type { FieldNode, FileNode } from "./syntax/ast.ts";

/**
 * How an element behaves, whichever syntax said so: what editions call features. An element has those of what it lies in, except where its
 * own options say otherwise; proto2 and proto3 are two fixed sets.
 *
 * Source: https://protobuf.dev/editions/features/
 */
export interface Features {
  readonly field_presence: "EXPLICIT" | "IMPLICIT" | "LEGACY_REQUIRED";
  readonly enum_type: "OPEN" | "CLOSED";
  readonly repeated_field_encoding: "PACKED" | "EXPANDED";
  readonly utf8_validation: "VERIFY" | "NONE";
  readonly message_encoding: "LENGTH_PREFIXED" | "DELIMITED";
  readonly json_format: "ALLOW" | "LEGACY_BEST_EFFORT";
}

const defaults: Readonly<Record<FileNode["syntax"], Features>> = {
  proto2: {
    field_presence: "EXPLICIT",
    enum_type: "CLOSED",
    repeated_field_encoding: "EXPANDED",
    utf8_validation: "NONE",
    message_encoding: "LENGTH_PREFIXED",
    json_format: "LEGACY_BEST_EFFORT",
  },
  proto3: {
    field_presence: "IMPLICIT",
    enum_type: "OPEN",
    repeated_field_encoding: "PACKED",
    utf8_validation: "VERIFY",
    message_encoding: "LENGTH_PREFIXED",
    json_format: "ALLOW",
  },
  "2023": {
    field_presence: "EXPLICIT",
    enum_type: "OPEN",
    repeated_field_encoding: "PACKED",
    utf8_validation: "VERIFY",
    message_encoding: "LENGTH_PREFIXED",
    json_format: "ALLOW",
  },
};

export function fileFeatures(file: FileNode): Features {
  return ownFeatures(defaults[file.syntax], file.resolvedOptions);
}

/** The features of an element with these options in one with the features `parent`. */
export function ownFeatures(parent: Features, options: ResolvedOptions): Features {
  const own: Readonly<OptionMessage> = messageOption(options, "features");
  const names = Object.keys(parent).filter((name) => name in own && !String(own[name]).endsWith("_UNKNOWN"));
  return names.length === 0 ? parent : { ...parent, ...Object.fromEntries(names.map((name) => [name, own[name]])) };
}

/** A field's features: its own, and what proto2 and proto3 say by other means. */
export function fieldFeatures(parent: Features, field: FieldNode, syntax: FileNode["syntax"]): Features {
  if (syntax === "2023") return ownFeatures(parent, field.resolvedOptions);
  const { packed } = field.resolvedOptions.values;
  if (packed === undefined && field.label !== "required" && field.label !== "optional" && !field.group) return parent;
  return {
    ...parent,
    field_presence: field.label === "required" ? "LEGACY_REQUIRED" : field.label === "optional" ? "EXPLICIT" : parent.field_presence,
    repeated_field_encoding: packed === undefined ? parent.repeated_field_encoding : packed ? "PACKED" : "EXPANDED",
    message_encoding: field.group ? "DELIMITED" : parent.message_encoding,
  };
}
