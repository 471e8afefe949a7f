import type { FieldNode, MessageNode } from "../syntax/ast.ts";
import { fieldNumbers } from "../syntax/range.ts";
import type { CheckContext } from "./context.ts";
import { checkDeclared } from "./extension-declarations.ts";
import { checkNumber } from "./numbers.ts";

/** Which extension has which number of a message, over all files of a schema. */
export type ExtensionNumbers = Map<MessageNode, Map<number, FieldNode>>;

/** An extension's number: open for extension in the message, and taken once in the whole schema. */
export function checkExtension(context: CheckContext, field: FieldNode, numbers: ExtensionNumbers): void {
  checkNumber(context, field);
  const message = field.extendee?.target;
  if (message?.kind !== "message") return;
  const { number, numberAt } = field;
  const range = message.extensionRanges.find(({ from, to }) => from <= number && number <= to);
  if (range) checkDeclared(context, field, range);
  else {
    const open = message.extensionRanges.map(({ from, to }) => (from === to ? `${from}` : `${from} to ${to}`)).join(", ");
    const remedy = open ? `use one of ${open}` : `${message.fullName} declares no extensions`;
    context.report(numberAt, "EXTENSION_RANGE", `${message.fullName} does not open ${number} for extensions`, remedy);
  }
  if (context.file.syntax === "proto3" && !/^google\.protobuf\.[A-Za-z]+Options$/.test(message.fullName)) {
    context.report(
      field.extendee!.at,
      "EXTENSION_PROTO3",
      `proto3 extends options only, not ${message.fullName}`,
      "declare it in a file of proto2 or an edition",
    );
  }
  const used = numbers.get(message) ?? new Map<number, FieldNode>();
  numbers.set(message, used);
  const before = used.get(number);
  if (before === undefined) used.set(number, field);
  else if (before !== field) {
    context.report(
      numberAt,
      "EXTENSION_DUPLICATE",
      `the number ${number} of ${message.fullName} is already the extension ${before.fullName}`,
      "take another number",
    );
  }
}

/** Which messages may be extended, and with which numbers. */
export function checkExtensionRanges(context: CheckContext, message: MessageNode): void {
  const [first] = message.extensionRanges;
  if (first && context.file.syntax === "proto3") {
    context.report(
      first.at,
      "EXTENSION_PROTO3",
      "a message of proto3 cannot be extended",
      "declare it in a file of proto2 or an edition, or use google.protobuf.Any",
    );
  }
  if (message.resolvedOptions.values.message_set_wire_format === true) return;
  for (const { to, at } of message.extensionRanges) {
    if (to > fieldNumbers.to)
      context.report(at, "NUMBER_RANGE", `${to} is out of range for a field number`, `use numbers up to ${fieldNumbers.to}`);
  }
}
