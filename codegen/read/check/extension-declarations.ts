import type { OptionValue } from "../../model/schema.ts";
import { isOptionMessage, type OptionMessage } from "../options/resolved.ts";
import type { ExtensionRangeNode, FieldNode, MessageNode } from "../syntax/ast.ts";
import type { CheckContext } from "./context.ts";

/** `extensions 4 [declaration = { number: 4 full_name: ".a.b" type: "int32" }]`: who may extend, said by the extended message. */
export function checkDeclarations(context: CheckContext, message: MessageNode): void {
  const names = new Set<OptionValue>();
  const numbers = new Set<OptionValue>();
  for (const range of message.extensionRanges) {
    const report = (text: string, remedy: string): void => context.report(range.at, "EXTENSION_DECLARATION", text, remedy);
    const { verification } = range.resolvedOptions.values;
    const declared = declarations(range);
    if (declared.length > 0 && verification === "UNVERIFIED")
      report("an unverified range declares its extensions", "remove verification = UNVERIFIED");
    for (const { number, full_name: name, type, reserved } of declared) {
      if (typeof number !== "number" || number < range.from || number > range.to) {
        report(
          `the declaration of ${String(number ?? "no number")} is outside ${range.from} to ${range.to}`,
          "declare numbers of the range that the declaration stands on",
        );
      } else if (numbers.has(number)) report(`${number} is declared twice`, "remove one of the two");
      else numbers.add(number);
      const complete = typeof name === "string" && typeof type === "string";
      if (reserved === true ? (name === undefined) !== (type === undefined) : !complete) {
        report(`the declaration of ${String(number)} lacks full_name or type`, "say both");
      }
      if (typeof name !== "string") continue;
      if (!/^(\.[A-Za-z_]\w*)+$/.test(name))
        report(`${name} is not a full name`, "write it with a leading dot, for example .acme.extension");
      else if (names.has(name)) report(`${name} is declared twice`, "remove one of the two");
      names.add(name);
    }
  }
}

/** An extension is as the range that its number lies in declares it. */
export function checkDeclared(context: CheckContext, field: FieldNode, range: ExtensionRangeNode): void {
  const declared = declarations(range);
  if (declared.length === 0 && range.resolvedOptions.values.verification !== "DECLARATION") return;
  const declaration = declared.find(({ number }) => number === field.number);
  const type = field.type.target ? `.${field.type.target.fullName}` : field.type.text;
  const fits =
    declaration !== undefined &&
    declaration.reserved !== true &&
    declaration.full_name === `.${field.fullName}` &&
    declaration.type === type &&
    (declaration.repeated === true) === (field.label === "repeated");
  if (fits) return;
  const message = `the extended message does not declare ${field.number} as ${field.fullName} of type ${type}`;
  context.report(field.numberAt, "EXTENSION_DECLARATION", message, "add or correct the declaration, or take another number");
}

function declarations(range: ExtensionRangeNode): readonly OptionMessage[] {
  const { declaration } = range.resolvedOptions.values;
  return Array.isArray(declaration) ? declaration.filter((value: OptionValue) => isOptionMessage(value)) : [];
}
