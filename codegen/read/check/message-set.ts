import type { MessageNode } from "../syntax/ast.ts";
import type { CheckContext } from "./context.ts";

/** The options of a message that change what it is. */
export function checkMessageSet(context: CheckContext, message: MessageNode): void {
  const { values } = message.resolvedOptions;
  if (values.map_entry !== undefined) {
    context.report(message.name.at, "OPTION_MISFIT", "map_entry is not set by hand", "declare a field of type map<Key, Value>");
  }
  if (values.message_set_wire_format !== true) return;
  if (context.file.syntax === "proto3")
    context.report(message.name.at, "MESSAGE_SET", "proto3 has no message sets", "remove message_set_wire_format");
  const [field] = message.fields;
  if (field) context.report(field.name.at, "MESSAGE_SET", `the message set ${message.name.text} has a field`, "declare extensions only");
}
