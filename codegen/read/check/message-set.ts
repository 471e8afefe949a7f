import type { FieldNode, MessageNode } from "../syntax/ast.ts";
import type { CheckContext } from "./context.ts";
import { optionAt } from "./option-at.ts";

/** The options of a message that change what it is. */
export function checkMessageSet(context: CheckContext, message: MessageNode): void {
  const { values } = message.resolvedOptions;
  if (values.map_entry !== undefined) {
    context.report(
      optionAt(message, "map_entry"),
      "OPTION_MISFIT",
      "map_entry is not set by hand",
      "declare a field of type map<Key, Value>",
    );
  }
  if (values.message_set_wire_format !== true) return;
  if (context.file.syntax === "proto3")
    context.report(
      optionAt(message, "message_set_wire_format"),
      "MESSAGE_SET",
      "proto3 has no message sets",
      "remove message_set_wire_format",
    );
  const [field] = message.fields;
  if (field) context.report(field.name.at, "MESSAGE_SET", `the message set ${message.name.text} has a field`, "declare extensions only");
}

/** What extends a message set is a message, once. */
export function checkMessageSetExtension(context: CheckContext, { extendee, type, label }: FieldNode): void {
  const set = extendee?.target;
  if (set?.resolvedOptions.values.message_set_wire_format !== true || (type.target?.kind === "message" && label !== "repeated")) return;
  context.report(
    type.at,
    "MESSAGE_SET",
    `an extension of the message set ${set.name.text} is an optional message`,
    "declare a message for it",
  );
}
