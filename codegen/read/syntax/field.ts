import { readLimits } from "../limits.ts";
import { noOptions } from "../options/resolved.ts";
import type { FieldNode, Label, MessageNode, Name, OneofNode, TypeName } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { parseMessageBody } from "./message.ts";
import { integerValue } from "./number.ts";
import { parseInlineOptions, parseOptionStatement } from "./option.ts";
import { scalarTypes } from "./scalar.ts";

/** Where a field is declared: what it belongs to, and where a group's message goes. */
export interface FieldOwner {
  readonly fields: FieldNode[];
  readonly messages: MessageNode[];
  readonly oneof: OneofNode | undefined;
  readonly extendee: TypeName | undefined;
  readonly edition: boolean;
  readonly depth: number;
}

interface FieldStart {
  readonly comment: string;
  readonly at: number;
  readonly label: Label | undefined;
}

/** `repeated Type name = 1 [options];`, a map, or a group. */
export function parseField(cursor: Cursor, owner: FieldOwner): void {
  const comment = cursor.comment();
  const at = cursor.at;
  const label = parseLabel(cursor);
  if (cursor.accept("group")) parseGroup(cursor, owner, { comment, at, label });
  else parsePlainField(cursor, owner, { comment, at, label });
}

function parsePlainField(cursor: Cursor, owner: FieldOwner, { comment, at, label }: FieldStart): void {
  const { type, mapKey } = parseType(cursor);
  const name = cursor.identifier("a field's name");
  const { number, numberAt } = parseNumber(cursor, name.text);
  const options = parseInlineOptions(cursor);
  cursor.expect(";", "behind the field");
  const { oneof, extendee } = owner;
  owner.fields.push({
    kind: "field",
    name,
    fullName: "",
    comment: comment || cursor.trailingComment(),
    options,
    resolvedOptions: noOptions,
    label,
    at,
    type,
    mapKey,
    number,
    numberAt,
    oneof,
    group: undefined,
    extendee,
  });
}

function parseLabel(cursor: Cursor): Label | undefined {
  const { text } = cursor;
  if (text !== "optional" && text !== "required" && text !== "repeated") return undefined;
  cursor.advance();
  return text;
}

function parseType(cursor: Cursor): { type: TypeName; mapKey: Name | undefined } {
  const at = cursor.at;
  if (cursor.text !== "map") return { type: parseTypeName(cursor), mapKey: undefined };
  cursor.advance();
  if (!cursor.accept("<")) return { type: { text: "map", at, target: undefined }, mapKey: undefined };
  const mapKey = parseTypeName(cursor);
  cursor.expect(",", "behind the map's key type");
  const type = parseTypeName(cursor);
  cursor.expect(">", "to close the map's type");
  return { type, mapKey };
}

function parseTypeName(cursor: Cursor): TypeName {
  if (!scalarTypes.has(cursor.text)) return cursor.typeName("a type");
  return { ...cursor.identifier("a type"), target: undefined };
}

function parseNumber(cursor: Cursor, field: string): { number: number; numberAt: number } {
  if (cursor.text !== "=") cursor.fail(`the field ${field} has no number`, `write "= number" behind its name`);
  cursor.advance();
  const numberAt = cursor.at;
  if (cursor.kind !== "integer") cursor.fail(`expected a field number, found ${cursor.found()}`, "write a positive integer");
  const number = Number(integerValue(cursor.text));
  cursor.advance();
  return { number, numberAt };
}

/** `optional group Name = 1 { … }`: a field and its message in one. */
function parseGroup(cursor: Cursor, owner: FieldOwner, start: FieldStart): void {
  if (owner.edition)
    cursor.report(
      start.at,
      "GROUP_NOT_ALLOWED",
      "editions have no groups",
      "declare a message and set features.message_encoding = DELIMITED",
    );
  const name = cursor.identifier("a group's name");
  if (!/^[A-Z]/.test(name.text))
    cursor.report(
      name.at,
      "GROUP_NAME",
      `the group ${name.text} does not begin with a capital letter`,
      "capitalize it; its field gets the name in lower case",
    );
  const { number, numberAt } = parseNumber(cursor, name.text);
  const options = parseInlineOptions(cursor);
  const { oneof, extendee } = owner;
  if (owner.depth >= readLimits.messageDepth) tooDeep(cursor);
  const group = parseMessageBody(cursor, name, start.comment, owner.depth + 1, owner.edition);
  owner.messages.push(group);
  const fieldName = { text: name.text.toLowerCase(), at: name.at };
  const field: FieldNode = {
    kind: "field",
    name: fieldName,
    fullName: "",
    comment: group.comment,
    options,
    resolvedOptions: noOptions,
    label: start.label,
    at: start.at,
    type: { ...name, target: group },
    mapKey: undefined,
    number,
    numberAt,
    oneof,
    group,
    extendee,
  };
  owner.fields.push(field);
}

export function tooDeep(cursor: Cursor): never {
  return cursor.fail(`messages are nested more than ${readLimits.messageDepth} deep`, "declare inner messages at the top level");
}

/** `oneof name { … }` */
export function parseOneof(cursor: Cursor, owner: FieldOwner): OneofNode {
  const comment = cursor.comment();
  cursor.expect("oneof", "before a oneof");
  const name = cursor.identifier("a oneof's name");
  const fields: FieldNode[] = [];
  const oneof: OneofNode = { kind: "oneof", name, fullName: "", comment, fields, options: [], resolvedOptions: noOptions };
  const behind = cursor.block(`oneof ${name.text}`, () => {
    if (cursor.text === "option") oneof.options.push(parseOptionStatement(cursor));
    else parseField(cursor, { ...owner, fields, oneof });
  });
  oneof.comment ||= behind;
  owner.fields.push(...fields);
  return oneof;
}
