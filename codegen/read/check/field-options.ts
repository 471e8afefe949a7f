import type { Features } from "../features.ts";
import { messageOption } from "../options/resolved.ts";
import type { FieldNode } from "../syntax/ast.ts";
import { scalarTypes } from "../syntax/scalar.ts";
import type { CheckContext } from "./context.ts";
import { optionAt } from "./option-at.ts";

const longTypes: ReadonlySet<string> = new Set(["int64", "uint64", "sint64", "fixed64", "sfixed64"]);

/** Options of a field that fit some types only. */
export function checkFieldOptions(context: CheckContext, field: FieldNode, features: Features): void {
  const { values } = field.resolvedOptions;
  if (values.packed !== undefined) checkPacked(context, field, values.packed === true);
  if (values.jstype !== undefined && values.jstype !== "JS_NORMAL" && !longTypes.has(field.type.text)) {
    context.report(optionAt(field, "jstype"), "OPTION_MISFIT", "jstype is for 64-bit integers", "remove it");
  }
  const isMessage =
    field.mapKey !== undefined || (field.type.target?.kind === "message" && features.message_encoding === "LENGTH_PREFIXED");
  if ((values.lazy === true || values.unverified_lazy === true) && !isMessage) {
    context.report(optionAt(field, "lazy", "unverified_lazy"), "OPTION_MISFIT", "lazy is for messages that are not delimited", "remove it");
  }
  const { view } = messageOption(field.resolvedOptions, "[zserver.field]");
  if (view === true && (field.type.text !== "bytes" || field.label === "repeated" || field.mapKey)) {
    context.report(
      optionAt(field, "(zserver.field)"),
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
