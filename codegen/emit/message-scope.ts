import type { Field, Message, Oneof } from "../model/schema.ts";
import { claim, propertyName } from "./identifier.ts";

/** Parameters and variables of generated functions; imports keep clear of them. */
export const localNames: ReadonlySet<string> = new Set(
  "caller context end entries entry entryEnd entryTag key mark message options reader request requests start stop tag value writer".split(
    " ",
  ),
);

/** One property of a message: a field, or a oneof with its fields. */
export interface Property {
  /** As in the schema; in errors. */
  readonly name: string;
  /** In the message's type. */
  readonly property: string;
  readonly field: Field | undefined;
  readonly oneof: { readonly oneof: Oneof; readonly members: readonly Member[] } | undefined;
}

export interface Member {
  readonly name: string;
  readonly field: Field;
}

/** The properties of a message in the order of declaration, with names that do not collide. */
export function propertiesOf(message: Message): Property[] {
  const taken = new Set<string>();
  const seen = new Set<string>();
  const properties: Property[] = [];
  for (const field of message.fields) {
    const declared = field.oneof ?? field.name;
    if (field.oneof !== undefined) {
      if (seen.has(field.oneof)) continue;
      seen.add(field.oneof);
    }
    const property = claim(taken, propertyName(declared));
    properties.push({
      name: declared,
      property,
      field: field.oneof === undefined ? field : undefined,
      oneof: field.oneof === undefined ? undefined : oneofOf(message, field.oneof),
    });
  }
  return properties;
}

function oneofOf(message: Message, name: string): NonNullable<Property["oneof"]> {
  const taken = new Set<string>();
  const fields = message.fields.filter((field) => field.oneof === name);
  return {
    oneof: message.oneofs.find((oneof) => oneof.name === name)!,
    members: fields.map((field) => ({ name: claim(taken, propertyName(field.name)), field })),
  };
}
