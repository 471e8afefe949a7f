import { readLimits } from "../limits.ts";
import type { Name, ValueFieldNode, ValueNode } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { integerValue } from "./number.ts";
import { parseString } from "./string.ts";

/** Reads the value of an option: a scalar, a name, or a message in protobuf's text format between braces. */
export function parseOptionValue(cursor: Cursor): ValueNode {
  return cursor.text === "{" ? parseMessageValue(cursor, 1) : parseScalar(cursor);
}

function parseScalar(cursor: Cursor): ValueNode {
  const at = cursor.at;
  if (cursor.kind === "string") return { kind: "string", value: parseString(cursor, "a string"), at };
  const negative = cursor.accept("-");
  const { kind, text } = cursor;
  if (kind === "integer") {
    cursor.advance();
    const value = integerValue(text);
    return { kind, value: negative ? -value : value, negative, decimal: !/^0./.test(text), at };
  }
  if (kind === "float") {
    cursor.advance();
    const value = Number(text);
    return { kind, value: negative ? -value : value, at };
  }
  if (kind === "identifier") {
    cursor.advance();
    return { kind, text, negative, at };
  }
  return cursor.fail(`expected a value, found ${cursor.found()}`, "write a number, a string, a name, or a message in braces");
}

/** `{ name: value … }` or `< … >`. Source: https://protobuf.dev/reference/protobuf/textformat-spec/ */
function parseMessageValue(cursor: Cursor, depth: number): ValueNode {
  const at = cursor.at;
  if (depth > readLimits.valueDepth) {
    cursor.report(at, "SYNTAX", `the value is nested more than ${readLimits.valueDepth} deep`, "flatten the option's message");
    cursor.skipNested();
    return { kind: "message", fields: [], at };
  }
  const close = cursor.text === "<" ? ">" : "}";
  cursor.advance();
  const fields: ValueFieldNode[] = [];
  while (!cursor.accept(close)) {
    fields.push(parseValueField(cursor, depth));
    if (!cursor.accept(",")) cursor.accept(";");
  }
  return { kind: "message", fields, at };
}

function parseValueField(cursor: Cursor, depth: number): ValueFieldNode {
  const bracketed = cursor.text === "[";
  const name = bracketed ? parseBracketedName(cursor) : cursor.identifier("a field's name");
  const colon = cursor.accept(":");
  const open = cursor.text;
  if (open === "{" || open === "<") return { name, bracketed, value: parseMessageValue(cursor, depth + 1) };
  if (open === "[") return { name, bracketed, value: parseList(cursor, depth + 1, colon) };
  if (!colon) cursor.expect(":", `behind ${name.text}`);
  return { name, bracketed, value: parseScalar(cursor) };
}

/** `[package.extension]` or `[type.example.com/package.Message]`. */
function parseBracketedName(cursor: Cursor): Name {
  cursor.expect("[", "before the name");
  const at = cursor.at;
  let text = "";
  while (cursor.text !== "]") {
    if (cursor.kind !== "identifier" && cursor.kind !== "integer" && !"./-_~%".includes(cursor.text || " ")) {
      cursor.fail(`expected a name, found ${cursor.found()}`, "write the full name of an extension, or the URL of a type");
    }
    text += cursor.text;
    cursor.advance();
  }
  cursor.advance();
  return { text, at };
}

function parseList(cursor: Cursor, depth: number, colon: boolean): ValueNode {
  const at = cursor.at;
  const items: ValueNode[] = [];
  cursor.advance();
  if (cursor.accept("]")) return { kind: "list", items, at };
  do {
    const message = cursor.text === "{" || cursor.text === "<";
    if (!message && !colon) cursor.expect(":", "before a list of scalars");
    items.push(message ? parseMessageValue(cursor, depth + 1) : parseScalar(cursor));
  } while (cursor.accept(","));
  cursor.expect("]", "to close the list");
  return { kind: "list", items, at };
}
