import type { Features } from "../features.ts";
import { messageOption } from "../options/resolved.ts";
import type { FieldNode, OptionNode } from "../syntax/ast.ts";
import { scalarTypes } from "../syntax/scalar.ts";
import type { CheckContext } from "./context.ts";

const longTypes: ReadonlySet<string> = new Set(["int64", "uint64", "sint64", "fixed64", "sfixed64"]);

/** Options of a field that fit some types only. */
export function checkFieldOptions(context: CheckContext, field: FieldNode): void {
  const { values } = field.resolvedOptions;
  if (values.packed !== undefined) checkPacked(context, field, values.packed === true);
  if (values.jstype !== undefined && values.jstype !== "JS_NORMAL" && !longTypes.has(field.type.text)) {
    context.report(optionAt(field, "jstype"), "OPTION_MISFIT", "jstype is for 64-bit integers", "remove it");
  }
  if ((values.lazy === true || values.unverified_lazy === true) && field.type.target?.kind !== "message") {
    context.report(optionAt(field, "lazy"), "OPTION_MISFIT", "lazy is for messages", "remove it");
  }
  const { view } = messageOption(field.resolvedOptions, "[zserver.field]");
  if (view === true && (field.type.text !== "bytes" || field.label === "repeated" || field.mapKey)) {
    context.report(
      optionAt(field, "field"),
      "VIEW_NOT_BYTES",
      `view is for singular fields of type bytes, not for ${field.name.text}`,
      "remove view",
    );
  }
}

function checkPacked(context: CheckContext, field: FieldNode, packed: boolean): void {
  const { target, text } = field.type;
  const scalar = scalarTypes.get(text);
  const packable =
    field.label === "repeated" &&
    !field.group &&
    (target?.kind === "enum" || (scalar !== undefined && scalar !== "string" && scalar !== "bytes"));
  if (context.edition) {
    context.report(
      optionAt(field, "packed"),
      "OPTION_MISFIT",
      "editions have no option packed",
      "set features.repeated_field_encoding instead",
    );
  } else if (packed && !packable) {
    context.report(optionAt(field, "packed"), "OPTION_MISFIT", "packed is for repeated numbers, bools and enums", "remove it");
  }
}

/** The features that a field asks for in an edition must fit what it is. */
export function checkFieldFeatures(context: CheckContext, field: FieldNode, features: Features): void {
  const own = messageOption(field.resolvedOptions, "features");
  const report = (name: string, message: string, remedy: string): void =>
    context.report(optionAt(field, "features", name), "FEATURE_MISFIT", message, remedy);
  const repeated = field.label === "repeated" || field.mapKey !== undefined;
  if (own.field_presence !== undefined) {
    if (repeated) report("field_presence", "a repeated field has no presence", "remove features.field_presence");
    else if (field.oneof) report("field_presence", "a field of a oneof always has presence", "remove features.field_presence");
    else if (field.extendee && own.field_presence !== "EXPLICIT")
      report("field_presence", "an extension always has presence", "remove features.field_presence");
    else if (field.type.target?.kind === "message" && features.field_presence === "IMPLICIT")
      report("field_presence", "a message always has presence", "remove features.field_presence");
  }
  const { target, text } = field.type;
  if (own.repeated_field_encoding !== undefined) {
    if (!repeated || field.mapKey)
      report("repeated_field_encoding", "only a repeated field has a repeated encoding", "remove features.repeated_field_encoding");
    else if (own.repeated_field_encoding === "PACKED" && (target?.kind === "message" || text === "string" || text === "bytes")) {
      report("repeated_field_encoding", `a list of ${text} cannot be packed`, "remove features.repeated_field_encoding");
    }
  }
  if (own.utf8_validation !== undefined && text !== "string" && !field.mapKey)
    report("utf8_validation", "only strings are validated", "remove features.utf8_validation");
  if (own.message_encoding !== undefined && (target?.kind !== "message" || field.mapKey))
    report("message_encoding", "only a message has a message encoding", "remove features.message_encoding");
}

/** Where an option is written; `part` is the second part of its name. */
function optionAt(field: FieldNode, name: string, part?: string): number {
  const named = (option: OptionNode): boolean => option.name[0]?.text.split(".").at(-1) === name;
  const all = field.options.filter(named);
  return (all.find((option) => part === undefined || option.name[1]?.text === part) ?? all[0])?.at ?? field.name.at;
}
