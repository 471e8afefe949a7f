import type { Enum, Message } from "../model/schema.ts";
import { literal } from "./comment.ts";
import { defaultsView } from "./default-view.ts";
import { deprecationDoc, elementDoc } from "./element-doc.ts";
import { claim, enumKey } from "./identifier.ts";
import type { Ref } from "./imports.ts";
import { propertiesOf, type Property } from "./message-scope.ts";
import { hasOwnInit, propertyView, runtimeRef } from "./property-view.ts";
import { caseViews } from "./read-view.ts";
import type { FileScope } from "./scope.ts";
import type { CodecView, EnumView, MessageView } from "./view.ts";
import { writeViews } from "./write-view.ts";

export function messageView(message: Message, scope: FileScope): MessageView {
  const names = scope.names.messages.get(message.fullName)!;
  const properties = propertiesOf(message);
  const own = properties.filter(hasOwnInit).map(({ property }) => literal(property));
  const optional: Ref = { ...runtimeRef(scope, "Optional"), type: true };
  return {
    doc: elementDoc(message),
    deprecation: deprecationDoc(message),
    fullName: literal(message.fullName),
    maxElements: message.zserver.maxElements,
    name: names.type,
    initName: names.init,
    hasOwnInit: own.length > 0,
    initBase: [optional, `<${[names.type, ...(own.length === 0 ? [] : [own.join(" | ")])].join(", ")}>`],
    defaults: defaultsView(properties, names.defaults, scope),
    enums: message.enums.map((enumeration) => enumView(enumeration, scope)),
    ...codecView(properties, { type: names.type, initType: names.init, writeName: names.write, readName: names.read }, scope),
  };
}

/** @param names the functions, and the types of what they read and write */
export function codecView(
  properties: readonly Property[],
  names: Pick<CodecView, "type" | "initType" | "writeName" | "readName">,
  scope: FileScope,
): CodecView {
  const cases = caseViews(properties, scope);
  return {
    ...names,
    properties: properties.map((property) => propertyView(property, scope)),
    writes: writeViews(properties, scope),
    cases,
    shortTags: cases.length > 0 && cases.every(({ tag }) => tag < 0x80),
  };
}

export function enumView(enumeration: Enum, scope: FileScope): EnumView {
  const names = scope.names.enums.get(enumeration.fullName)!;
  const taken = new Set<string>();
  return {
    doc: elementDoc(enumeration),
    deprecation: deprecationDoc(enumeration),
    name: names.type,
    open: !enumeration.closed,
    guard: names.guard,
    numbers: [...new Set(enumeration.values.map((value) => value.number))],
    values: enumeration.values.map((value) => ({
      doc: elementDoc(value, "  "),
      name: claim(taken, enumKey(value.name)),
      number: value.number,
    })),
  };
}

/** Message sets, which proto2 keeps for what is older than it, put extensions into groups of their own; they stay unknown fields. */
export function isMessageSet(message: Message): boolean {
  return message.options.some(({ name, value }) => name === "message_set_wire_format" && value === true);
}
