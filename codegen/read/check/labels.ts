import type { FieldNode } from "../syntax/ast.ts";
import type { CheckContext } from "./context.ts";

/** Which labels, groups and maps a field may have where it stands, in its syntax. */
export function checkLabel(context: CheckContext, field: FieldNode): void {
  const { label, at, name, oneof, mapKey } = field;
  if (mapKey) checkMapPlace(context, field);
  else if (oneof && label) {
    context.report(
      at,
      "ONEOF_LABEL",
      `${name.text} is in a oneof and ${label}`,
      label === "repeated" ? "put the list in a message of its own" : `remove ${label}`,
    );
  } else if (context.file.syntax === "proto2") {
    if (!label && !oneof) context.report(at, "LABEL_MISSING", `${name.text} has no label`, labelRemedy(context));
  } else if (label === "required") {
    const remedy = context.edition ? "set features.field_presence = LEGACY_REQUIRED" : "remove it; a message is checked by its handler";
    context.report(at, "LABEL_NOT_ALLOWED", `required does not exist in ${syntaxName(context)}`, remedy);
  } else if (label === "optional" && context.edition) {
    context.report(
      at,
      "LABEL_NOT_ALLOWED",
      "optional does not exist in editions",
      "remove it: fields have presence unless features.field_presence says otherwise",
    );
  }
  if (field.group && context.file.syntax === "proto3")
    context.report(at, "GROUP_NOT_ALLOWED", "proto3 has no groups", "declare a message and a field of its type");
  if (field.extendee && label === "required")
    context.report(at, "LABEL_NOT_ALLOWED", `the extension ${name.text} is required`, "make it optional: not everyone knows it");
}

function checkMapPlace(context: CheckContext, { label, at, name, oneof, extendee }: FieldNode): void {
  if (label)
    context.report(at, "MAP_PLACE", `the map ${name.text} has the label ${label}`, "remove the label: a map holds any number of entries");
  if (oneof) context.report(at, "MAP_PLACE", `the map ${name.text} is in a oneof`, "put it in a message of its own");
  if (extendee) context.report(at, "MAP_PLACE", `the map ${name.text} is an extension`, "extend with a message that holds the map");
}

function syntaxName({ file }: CheckContext): string {
  return file.syntax === "2023" ? "editions" : file.syntax;
}

/** A file that does not say its syntax is proto2, which few of those who left it out know. */
function labelRemedy({ file }: CheckContext): string {
  if (file.syntaxAt === undefined) return 'begin the file with syntax = "proto3"; or write optional, required or repeated before the type';
  return "write optional, required or repeated before its type";
}
