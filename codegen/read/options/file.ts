import type { Diagnostics } from "../diagnostics.ts";
import type { Scope } from "../link/scope.ts";
import type { SymbolTable } from "../link/symbols.ts";
import type { EnumNode, FieldNode, MessageNode } from "../syntax/ast.ts";
import { isPseudoOption } from "../syntax/pseudo-option.ts";
import { messageSetNumbers } from "../syntax/range.ts";
import { OptionInterpreter } from "./interpret.ts";

/** Resolves all options of a file, down to those of enum values, into the `resolvedOptions` of each element. */
export function interpretFile(scope: Scope, table: SymbolTable, diagnostics: Diagnostics): void {
  const { file } = scope;
  const interpreter = new OptionInterpreter(scope, table, diagnostics);
  file.resolvedOptions = interpreter.interpret(file.options, "FILE", `${file.package?.text ?? ""}.file`);
  for (const message of file.messages) interpretMessage(interpreter, message);
  for (const node of file.enums) interpretEnum(interpreter, node);
  for (const extension of file.extensions) interpretField(interpreter, extension);
  for (const service of file.services) {
    service.resolvedOptions = interpreter.interpret(service.options, "SERVICE", service.fullName);
    for (const method of service.methods) {
      method.resolvedOptions = interpreter.interpret(method.options, "METHOD", method.fullName);
    }
  }
}

function interpretMessage(interpreter: OptionInterpreter, message: MessageNode): void {
  message.resolvedOptions = interpreter.interpret(message.options, "MESSAGE", message.fullName);
  for (const field of message.fields) interpretField(interpreter, field);
  for (const extension of message.extensions) interpretField(interpreter, extension);
  for (const oneof of message.oneofs) {
    oneof.resolvedOptions = interpreter.interpret(oneof.options, "ONEOF", oneof.fullName);
  }
  const messageSet = message.resolvedOptions.values.message_set_wire_format === true;
  for (const range of message.extensionRanges) {
    if (range.open && messageSet) range.to = messageSetNumbers.to;
    range.resolvedOptions = interpreter.interpret(range.options, "EXTENSION_RANGE", message.fullName);
  }
  for (const nested of message.messages) interpretMessage(interpreter, nested);
  for (const nested of message.enums) interpretEnum(interpreter, nested);
}

function interpretField(interpreter: OptionInterpreter, field: FieldNode): void {
  if (field.options.length === 0) return;
  const options = field.options.filter((option) => !isPseudoOption(option));
  field.resolvedOptions = interpreter.interpret(options, "FIELD", field.fullName);
}

function interpretEnum(interpreter: OptionInterpreter, node: EnumNode): void {
  node.resolvedOptions = interpreter.interpret(node.options, "ENUM", node.fullName);
  for (const value of node.values) {
    value.resolvedOptions = interpreter.interpret(value.options, "ENUM_ENTRY", value.fullName);
  }
}
