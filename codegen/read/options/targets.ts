import type { FieldNode, OptionNode, ValueNode } from "../syntax/ast.ts";

/** The kinds of elements that have options, by their name in `FieldOptions.OptionTargetType`. */
export type OptionTarget = "FILE" | "MESSAGE" | "FIELD" | "ONEOF" | "ENUM" | "ENUM_ENTRY" | "SERVICE" | "METHOD" | "EXTENSION_RANGE";

/** The message whose fields and extensions are the options of that kind of element. */
export const optionTypes: Readonly<Record<OptionTarget, string>> = {
  FILE: "google.protobuf.FileOptions",
  MESSAGE: "google.protobuf.MessageOptions",
  FIELD: "google.protobuf.FieldOptions",
  ONEOF: "google.protobuf.OneofOptions",
  ENUM: "google.protobuf.EnumOptions",
  ENUM_ENTRY: "google.protobuf.EnumValueOptions",
  SERVICE: "google.protobuf.ServiceOptions",
  METHOD: "google.protobuf.MethodOptions",
  EXTENSION_RANGE: "google.protobuf.ExtensionRangeOptions",
};

/**
 * Whether the declaration of an option lets it stand on that kind of element. It is read from the syntax tree, since options of options are
 * needed before any are resolved.
 */
export function targetAllowed(field: FieldNode, target: OptionTarget): boolean {
  const targets = field.options.filter((option) => isPlain(option, "targets"));
  return targets.length === 0 || targets.some(({ value }) => value.kind === "identifier" && value.text === `TARGET_TYPE_${target}`);
}

const known: ReadonlySet<string> = new Set(["EDITION_LEGACY", "EDITION_PROTO2", "EDITION_PROTO3", "EDITION_2023"]);

/** The edition that introduced the option, if that is later than those that are read. */
export function laterEdition(field: FieldNode): string | undefined {
  const support: ValueNode | undefined = field.options.find((option) => isPlain(option, "feature_support"))?.value;
  if (support?.kind !== "message") return undefined;
  const introduced = support.fields.find(({ name }) => name.text === "edition_introduced")?.value;
  return introduced?.kind === "identifier" && !known.has(introduced.text) ? introduced.text : undefined;
}

function isPlain({ name }: OptionNode, text: string): boolean {
  return name.length === 1 && !name[0]!.extension && name[0]!.text === text;
}
