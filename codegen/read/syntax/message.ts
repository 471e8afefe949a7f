import { readLimits } from "../limits.ts";
import { noOptions } from "../options/resolved.ts";
import type { FieldNode, MessageNode, Name } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { parseEnum } from "./enum.ts";
import { type FieldOwner, parseField, parseOneof, tooDeep } from "./field.ts";
import { parseOptionStatement } from "./option.ts";
import { fieldNumbers, parseExtensionRanges, parseReserved } from "./range.ts";

/** `message Name { … }` */
export function parseMessage(cursor: Cursor, depth: number, edition: boolean): MessageNode {
  const comment = cursor.comment();
  cursor.expect("message", "before a message");
  const name = cursor.identifier("a message's name");
  if (depth > readLimits.messageDepth) tooDeep(cursor);
  return parseMessageBody(cursor, name, comment, depth, edition);
}

/** What stands between the braces of a message or a group. */
export function parseMessageBody(cursor: Cursor, name: Name, comment: string, depth: number, edition: boolean): MessageNode {
  const message = emptyMessage(name, comment);
  const owner: FieldOwner = { fields: message.fields, messages: message.messages, oneof: undefined, extendee: undefined, edition, depth };
  const behind = cursor.block(`message ${name.text}`, () => parseMessageStatement(cursor, message, owner));
  message.comment ||= behind;
  return message;
}

function emptyMessage(name: Name, comment: string): MessageNode {
  return {
    kind: "message",
    name,
    fullName: "",
    comment,
    options: [],
    resolvedOptions: noOptions,
    fields: [],
    oneofs: [],
    messages: [],
    enums: [],
    extensions: [],
    reserved: { ranges: [], names: [] },
    extensionRanges: [],
  };
}

function parseMessageStatement(cursor: Cursor, message: MessageNode, owner: FieldOwner): void {
  switch (cursor.text) {
    case ";":
      cursor.advance();
      return;
    case "message":
      message.messages.push(parseMessage(cursor, owner.depth + 1, owner.edition));
      return;
    case "enum":
      message.enums.push(parseEnum(cursor, owner.edition));
      return;
    case "extend":
      parseExtend(cursor, message.extensions, owner);
      return;
    case "extensions":
      message.extensionRanges.push(...parseExtensionRanges(cursor));
      return;
    case "reserved":
      parseReserved(cursor, message.reserved, fieldNumbers, owner.edition);
      return;
    case "option":
      message.options.push(parseOptionStatement(cursor));
      return;
    case "oneof":
      message.oneofs.push(parseOneof(cursor, owner));
      return;
    default:
      parseField(cursor, owner);
  }
}

/** `extend Message { … }`: its fields, and the messages of its groups, belong to the scope around it. */
export function parseExtend(cursor: Cursor, fields: FieldNode[], owner: Pick<FieldOwner, "messages" | "edition" | "depth">): void {
  cursor.expect("extend", "before an extension");
  const extendee = cursor.typeName("the message to extend");
  const errors = cursor.diagnostics.count;
  const before = fields.length;
  cursor.block(`extend ${extendee.text}`, () => {
    parseField(cursor, { fields, messages: owner.messages, oneof: undefined, extendee, edition: owner.edition, depth: owner.depth });
  });
  if (fields.length === before && cursor.diagnostics.count === errors) {
    cursor.report(extendee.at, "SYNTAX", `extend ${extendee.text} declares nothing`, "declare a field in it, or remove it");
  }
}
