import type { Features } from "../features.ts";
import { scalarValue } from "../options/scalar.ts";
import type { FieldNode, OptionNode } from "../syntax/ast.ts";
import { pseudoOptions } from "../syntax/pseudo-option.ts";
import { scalarTypes } from "../syntax/scalar.ts";
import type { CheckContext } from "./context.ts";

/** `default = …`: where presence makes sense of it, on a singular scalar or enum, once, and of its type. */
export function checkDefault(context: CheckContext, field: FieldNode, features: Features): void {
  const written = pseudoOptions(field, "default");
  const [option] = written;
  if (option === undefined) return;
  const report = (at: number, message: string, remedy: string): void => context.report(at, "DEFAULT_INVALID", message, remedy);
  if (written.length > 1) report(written[1]!.at, "the default is set twice", "keep one of the values");
  if (context.file.syntax === "proto3") report(option.at, "proto3 has no defaults of one's own", "remove it: the default is zero or empty");
  else if (field.label === "repeated" || field.mapKey)
    report(option.at, "a repeated field has no default", "remove it: the default is empty");
  else if (field.type.target?.kind === "message" || field.group)
    report(option.at, "a message has no default", "remove it: the default is absence");
  else if (features.field_presence === "IMPLICIT")
    report(option.at, "a field without presence has no default of its own", "remove it, or set features.field_presence = EXPLICIT");
  else checkValue(field, option, report);
}

function checkValue(field: FieldNode, { value }: OptionNode, report: (at: number, message: string, remedy: string) => void): void {
  const { target, text } = field.type;
  const scalar = scalarTypes.get(text);
  if (target?.kind === "enum") {
    const known = value.kind === "identifier" && !value.negative && target.values.some((candidate) => candidate.name.text === value.text);
    if (!known)
      report(value.at, `the default of ${field.name.text} is not a value of ${target.fullName}`, "write the name of one of its values");
  } else if (scalar) {
    const result = scalarValue(scalar, value, false);
    if ("expected" in result)
      report(value.at, `the default of ${field.name.text} is not ${result.expected}`, `write a value of type ${scalar}`);
  }
}
