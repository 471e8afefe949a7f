import type { FieldNode, OptionNode } from "../syntax/ast.ts";
import { toText } from "../syntax/string.ts";

/** `default` and `json_name` are written like options of a field and are parts of its declaration. */
export function isPseudoOption({ name }: OptionNode): boolean {
  return name.length === 1 && !name[0]!.extension && (name[0]!.text === "default" || name[0]!.text === "json_name");
}

/** Every `default = …` or `json_name = …` that is written on a field. */
export function pseudoOptions(field: FieldNode, name: "default" | "json_name"): readonly OptionNode[] {
  if (field.options.length === 0) return [];
  return field.options.filter((option) => isPseudoOption(option) && option.name[0]!.text === name);
}

/** The value of `json_name = "…"`, if written and a string. */
export function explicitJsonName(field: FieldNode): string | undefined {
  const [option] = pseudoOptions(field, "json_name");
  return option?.value.kind === "string" ? toText(option.value.value) : undefined;
}
