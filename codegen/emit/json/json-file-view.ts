import type { Enum, Extension } from "../../model/schema.ts";
import { lineComment, literal } from "../comment.ts";
import { allMessages } from "../names.ts";
import { fieldTypes } from "../property-view.ts";
import { jsonMessageView } from "./json-message-view.ts";
import type { JsonScope } from "./json-scope.ts";
import { fieldJson } from "./json-value.ts";
import type { JsonEnumView, JsonExtensionView, JsonFileView } from "./json-view.ts";
import { isNullable, specialForms } from "./special.ts";

/** @param extensions those of the file that code is written for */
export function jsonFileView(scope: JsonScope, extensions: readonly Extension[]): JsonFileView {
  const { file } = scope;
  const messages = allMessages(file.messages);
  const enums = [...file.enums, ...messages.flatMap((message) => message.enums)];
  return {
    source: lineComment(file.name),
    enums: enums.map((enumeration) => enumView(enumeration, scope)),
    messages: messages.map((message) => jsonMessageView(message, scope)),
    extensions: extensions.map((extension) => extensionView(extension, scope)),
  };
}

function enumView(enumeration: Enum, scope: JsonScope): JsonEnumView {
  const { fullName, values } = enumeration;
  const names = scope.json.names(scope.file).enums.get(fullName)!;
  const all = values.map(({ number, name }) => ({ number, name: literal(name) }));
  return {
    type: scope.enumRef(fullName),
    fullName: literal(fullName),
    jsonName: names.json,
    writeName: scope.codecName(names.write, fullName, "write"),
    readName: scope.codecName(names.read, fullName, "read"),
    special: specialForms.has(fullName),
    guard: enumeration.closed ? scope.enumGuard(fullName) : undefined,
    numbers: all.filter(({ number }, i) => all.findIndex((other) => other.number === number) === i),
    names: all,
  };
}

function extensionView(extension: Extension, scope: JsonScope): JsonExtensionView {
  const { type, initType } = fieldTypes(extension, scope);
  return {
    jsonName: scope.json.names(scope.file).extensions.get(extension.fullName)!,
    extension: scope.extensionRef(extension.fullName),
    type,
    initType,
    nullable: isNullable(extension),
    write: fieldJson(extension, "write", "value", "key", "writer", scope),
    read: fieldJson(extension, "read", "json", "key", "reader", scope),
  };
}
