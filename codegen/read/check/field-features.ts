import type { OptionValue } from "../../model/schema.ts";
import type { Features } from "../features.ts";
import { messageOption } from "../options/resolved.ts";
import type { FieldNode } from "../syntax/ast.ts";
import type { CheckContext } from "./context.ts";
import { optionAt } from "./option-at.ts";

/** Why a feature that is set on a field itself means nothing there; undefined where it does. */
type Misfit = (field: FieldNode, value: OptionValue | undefined) => string | undefined;

const misfits: { readonly [name in keyof Features]?: Misfit } = {
  field_presence(field, value) {
    if (isRepeated(field)) return "a repeated field has no presence";
    if (field.oneof) return "a field of a oneof always has presence";
    if (field.extendee) return "an extension always has presence";
    return value === "IMPLICIT" && field.type.target?.kind === "message" ? "a message always has presence" : undefined;
  },
  repeated_field_encoding({ label, type }, value) {
    if (label !== "repeated") return "only a repeated field has a repeated encoding";
    const packable = type.target?.kind !== "message" && type.text !== "string" && type.text !== "bytes";
    return value === "PACKED" && !packable ? `a list of ${type.text} cannot be packed` : undefined;
  },
  utf8_validation: ({ type, mapKey }) => (type.text === "string" || mapKey?.text === "string" ? undefined : "only strings are validated"),
  message_encoding: ({ type, mapKey }) =>
    type.target?.kind === "message" && !mapKey ? undefined : "only a message has a message encoding",
};

/** In editions: the features that a field sets itself fit what it is. */
export function checkFieldFeatures(context: CheckContext, field: FieldNode): void {
  const own = messageOption(field.resolvedOptions, "features");
  for (const [name, misfit] of Object.entries(misfits)) {
    const problem = name in own ? misfit(field, own[name]) : undefined;
    if (problem) context.report(optionAt(field, `features.${name}`, "features"), "FEATURE_MISFIT", problem, `remove features.${name}`);
  }
}

function isRepeated({ label, mapKey }: FieldNode): boolean {
  return label === "repeated" || mapKey !== undefined;
}
