import type { FieldNode, MessageNode } from "../syntax/ast.ts";
import { fieldNumbers } from "../syntax/range.ts";
import type { CheckContext } from "./context.ts";
import { checkRanges, checkReservedNames, containing } from "./ranges.ts";

/** Field numbers that protobuf keeps for itself. */
const implementation = { from: 19_000, to: 19_999 };

/** The numbers and names of a message's fields: in range, each used once, none of them reserved. */
export function checkFieldNumbers(context: CheckContext, message: MessageNode): void {
  const ranges = checkRanges(context, message.reserved.ranges, message.extensionRanges);
  const names = checkReservedNames(context, message.reserved);
  const used = new Map<number, FieldNode>();
  for (const field of message.fields) {
    checkNumber(context, field);
    const before = used.get(field.number);
    if (before) {
      const already = `the number ${field.number} is already used by ${before.name.text}, at ${context.where(before.name.at)}`;
      context.report(field.numberAt, "FIELD_NUMBER_DUPLICATE", already, "give each field a number of its own");
    } else used.set(field.number, field);
    const range = containing(ranges, field.number);
    if (range) {
      const remedy = "take another number; a reserved one belonged to a field that old peers may still send";
      context.report(field.numberAt, "FIELD_NUMBER_RESERVED", `the number ${field.number} is ${range.what}`, remedy);
    }
    if (names.has(field.name.text)) {
      context.report(
        field.name.at,
        "FIELD_NAME_RESERVED",
        `the name ${field.name.text} is reserved`,
        "take another name, or remove it from reserved",
      );
    }
  }
}

/** A number that a field or an extension may have at all. */
export function checkNumber(context: CheckContext, { number, numberAt, extendee }: FieldNode): void {
  const messageSet = extendee?.target?.resolvedOptions.values.message_set_wire_format === true;
  if (number < fieldNumbers.from || (number > fieldNumbers.to && !messageSet)) {
    context.report(
      numberAt,
      "FIELD_NUMBER_RANGE",
      `${number} is not a field number`,
      `use a number between ${fieldNumbers.from} and ${fieldNumbers.to}`,
    );
  } else if (number >= implementation.from && number <= implementation.to) {
    context.report(
      numberAt,
      "FIELD_NUMBER_RANGE",
      `${number} belongs to protobuf itself`,
      `use a number outside ${implementation.from} to ${implementation.to}`,
    );
  }
}
