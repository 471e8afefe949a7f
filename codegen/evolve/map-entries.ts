import type { Field, Message } from "../model/schema.ts";

/**
 * A message with its maps as they are on the wire, and as buf compares them: lists of entries, each entry a message of its own with a key and a value.
 */
export function withMapEntries(message: Message): Message {
  const maps = message.fields.filter(({ mapKey }) => mapKey !== undefined);
  return {
    ...message,
    messages: [...message.messages.map(withMapEntries), ...maps.map((field) => entryOf(field, message))],
    fields: message.fields.map((field) => (field.mapKey === undefined ? field : asEntries(field, message))),
  };
}

/** protoc's name for it: words run together, each beginning with a capital. */
function entryName({ name }: Field): string {
  const camel = name.replace(/_+([A-Za-z0-9]?)/g, (_, next: string) => next.toUpperCase());
  return `${camel.charAt(0).toUpperCase()}${camel.slice(1)}Entry`;
}

function asEntries(field: Field, message: Message): Field {
  return { ...field, value: { kind: "message", type: `${message.fullName}.${entryName(field)}`, delimited: false } };
}

function entryOf(field: Field, message: Message): Message {
  const name = entryName(field);
  const fullName = `${message.fullName}.${name}`;
  const part = (of: "key" | "value", number: number, value: Field["value"]): Field => ({
    ...field,
    name: of,
    fullName: `${fullName}.${of}`,
    jsonName: of,
    number,
    value,
    mapKey: undefined,
    cardinality: "singular",
    presence: "explicit",
    oneof: undefined,
    defaultValue: undefined,
    options: [],
  });
  return {
    ...message,
    name,
    fullName,
    position: field.position,
    comment: "",
    fields: [part("key", 1, { kind: "scalar", type: field.mapKey! }), part("value", 2, field.value)],
    oneofs: [],
    messages: [],
    enums: [],
    extensions: [],
    reservedNumbers: [],
    reservedNames: [],
    extensionRanges: [],
    zserver: { maxElements: 0 },
    options: [],
  };
}
