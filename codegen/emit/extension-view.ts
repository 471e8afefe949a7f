import type { Extension } from "../model/schema.ts";
import { literal } from "./comment.ts";
import { defaultView } from "./default-view.ts";
import type { Code } from "./imports.ts";
import type { Property } from "./message-scope.ts";
import { codecView } from "./message-view.ts";
import { fieldDoc, fieldTypes, runtimeRef } from "./property-view.ts";
import type { FileScope } from "./scope.ts";
import type { ExtensionView } from "./view.ts";

/** An extension is read and written as a message whose only field it is: whatever else is there is unknown to that message, and kept. */
export function extensionView(extension: Extension, scope: FileScope): ExtensionView {
  const names = scope.names.extensions.get(extension.fullName)!;
  const { type, initType } = fieldTypes(extension, scope);
  const content = (value: Code): Code => [{ ...runtimeRef(scope, "ExtensionField"), type: true }, "<", value, ">"];
  const property: Property = { name: extension.name, property: "value", field: extension, oneof: undefined };
  return {
    doc: fieldDoc(extension, ""),
    fullName: literal(extension.fullName),
    name: names.extension,
    extendee: scope.messageRef(extension.extendee, "value"),
    extendeeInit: scope.messageRef(extension.extendee, "init"),
    valueType: type,
    valueInit: initType,
    default: defaultView(extension, names.default, scope),
    ...codecView([property], { type: content(type), initType: content(initType), writeName: names.write, readName: names.read }, scope),
  };
}
