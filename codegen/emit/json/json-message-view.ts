import type { Message } from "../../model/schema.ts";
import { literal } from "../comment.ts";
import { propertiesOf } from "../message-scope.ts";
import { isMessageSet } from "../message-view.ts";
import { propertyView, zeroOf } from "../property-view.ts";
import { wrappers } from "../scalar.ts";
import { jsonCases } from "./json-read-view.ts";
import type { JsonScope } from "./json-scope.ts";
import { scalarJson } from "./json-value.ts";
import type { JsonMessageView } from "./json-view.ts";
import { jsonWriteViews } from "./json-write-view.ts";
import { specialForms } from "./special.ts";

export function jsonMessageView(message: Message, scope: JsonScope): JsonMessageView {
  const { fullName } = message;
  const names = scope.json.names(scope.file).messages.get(fullName)!;
  const properties = propertiesOf(message);
  const type = scope.messageRef(fullName, "type");
  const wrapper = wrapperView(fullName, scope);
  const special = specialForms.has(fullName);
  return {
    type,
    initType: scope.messageRef(fullName, "init"),
    descriptor: scope.messageRef(fullName, "value"),
    jsonName: names.json,
    toJsonName: names.toJson,
    fromJsonName: names.fromJson,
    writeName: scope.codecName(names.write, fullName, "write"),
    readName: scope.codecName(names.read, fullName, "read"),
    special: special || wrapper !== undefined,
    wrapper,
    plain: !special && wrapper === undefined,
    extensible: message.extensionRanges.length > 0 && !isMessageSet(message) ? literal(fullName) : undefined,
    writes: jsonWriteViews(properties, scope),
    properties: properties.map((property) => {
      const { name, initial } = propertyView(property, scope);
      return { name, initial, required: property.field?.presence === "required" ? literal(property.field.jsonName) : undefined };
    }),
    cases: jsonCases(properties, scope),
  };
}

function wrapperView(fullName: string, scope: JsonScope): JsonMessageView["wrapper"] {
  const type = wrappers.get(fullName);
  if (type === undefined) return undefined;
  const zero = zeroOf({ kind: "scalar", type }, scope)!;
  return { write: scalarJson(type, "write", scope), read: scalarJson(type, "read", scope), zero };
}
