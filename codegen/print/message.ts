import type { Enum, Field, File, Message } from "../model/schema.ts";
import { type FieldContext, fieldDeclaration, groupDeclaration } from "./field.ts";
import { block, range, reservedLines } from "./lines.ts";
import { groupsOf, type Member, membersOf } from "./members.ts";
import { assignment, inlineOptions, optionLines } from "./option.ts";

function messageLines(message: Message, context: FieldContext): Generator<string> {
  return block(`message ${message.name}`, body(message, context));
}

function* body(message: Message, context: FieldContext): Generator<string> {
  yield* optionLines(message.options, "Message", context.types);
  yield* reservedLines(message, context.syntax === "2023");
  for (const { from, to } of message.extensionRanges) yield `extensions ${range(from, to)};`;
  for (const each of message.enums) yield* enumLines(each, context);
  yield* memberLines(message, context);
}

/** The messages, fields and extensions of a message or a file. */
export function* memberLines(scope: File | Message, context: FieldContext): Generator<string> {
  const messages = new Map(scope.messages.map((message) => [message.fullName, message]));
  const groups = groupsOf(scope, context);
  const field = (each: Field): Iterable<string> => {
    const message = groups.get(each.value.type) === each ? messages.get(each.value.type) : undefined;
    return message === undefined ? [`${fieldDeclaration(each, context)};`] : block(groupDeclaration(each, context), body(message, context));
  };
  for (const member of membersOf(scope, context)) yield* lines(member, field, context);
}

function lines(member: Member, field: (each: Field) => Iterable<string>, context: FieldContext): Iterable<string> {
  if (member.kind === "message") return messageLines(member.message, context);
  if (member.kind === "field") return field(member.field);
  if (member.kind === "extension") return block(`extend .${member.field.extendee}`, field(member.field));
  return block(`oneof ${member.oneof.name}`, flat(member.fields.map(field)));
}

function* flat(each: readonly Iterable<string>[]): Generator<string> {
  for (const part of each) yield* part;
}

export function enumLines(each: Enum, context: FieldContext): Generator<string> {
  return block(`enum ${each.name}`, enumBody(each, context));
}

function* enumBody(each: Enum, { syntax, types }: FieldContext): Generator<string> {
  yield* optionLines(each.options, "Enum", types);
  yield* reservedLines(each, syntax === "2023");
  for (const { name, number, options } of each.values) {
    yield `${name} = ${number}${inlineOptions(options.map((option) => assignment(option, "EnumValue", types)))};`;
  }
}
