import type { Extension, Field, File, Message, Oneof } from "../model/schema.ts";
import { type FieldContext, isGroup } from "./field.ts";

/** What is declared in a message or a file, besides enums and services. */
export type Member =
  | { readonly kind: "message"; readonly message: Message }
  | { readonly kind: "field"; readonly field: Field }
  | { readonly kind: "oneof"; readonly oneof: Oneof; readonly fields: readonly Field[] }
  | { readonly kind: "extension"; readonly field: Extension };

/**
 * Messages, fields and extensions in an order in which each kind keeps its own. Groups are messages and fields at once, so that what stands before one in
 * either list has to come before it.
 */
export function* membersOf(scope: File | Message, context: FieldContext): Generator<Member> {
  const fields = "fields" in scope ? [...fieldsOf(scope)] : [];
  const extensions = scope.extensions.map((field): Member => ({ kind: "extension", field }));
  const groups = groupsOf(scope, context);
  for (const message of scope.messages) {
    const field = groups.get(message.fullName);
    if (field === undefined) yield { kind: "message", message };
    else yield* upTo(field, "extendee" in field ? extensions : fields);
  }
  yield* fields;
  yield* extensions;
}

/** The fields of a scope that declare a message along with themselves, by that message's name. */
export function groupsOf(scope: File | Message, context: FieldContext): ReadonlyMap<string, Field> {
  const fields = [...("fields" in scope ? scope.fields : []), ...scope.extensions];
  return new Map(fields.filter((field) => isGroup(field, context)).map((field) => [field.value.type, field]));
}

/** Takes from the list what comes up to that field: nothing when it went with the rest of its oneof. */
function upTo(field: Field, list: Member[]): Member[] {
  return list.splice(0, list.findIndex((member) => holds(member, field)) + 1);
}

function holds(member: Member, field: Field): boolean {
  return member.kind === "oneof" ? member.fields.includes(field) : member.kind !== "message" && member.field === field;
}

/** Fields, those of a oneof together, where the first of them is. */
function* fieldsOf({ fields, oneofs }: Message): Generator<Member> {
  const seen = new Set<string>();
  for (const field of fields) {
    const oneof = oneofs.find(({ name }) => name === field.oneof);
    if (oneof === undefined) yield { kind: "field", field };
    else if (!seen.has(oneof.name)) {
      seen.add(oneof.name);
      yield { kind: "oneof", oneof, fields: fields.filter((other) => other.oneof === oneof.name) };
    }
  }
}
