import type { OptionNamePart, OptionNode } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { parseOptionValue } from "./value.ts";

/** `option name = value;` */
export function parseOptionStatement(cursor: Cursor): OptionNode {
  cursor.expect("option", "before an option");
  const option = parseOption(cursor);
  cursor.expect(";", "behind the option");
  return option;
}

/** Most fields have no options: they share this list. */
const none: readonly OptionNode[] = Object.freeze([]);

/** `[name = value, …]`, if there. */
export function parseInlineOptions(cursor: Cursor): readonly OptionNode[] {
  if (!cursor.accept("[")) return none;
  const options: OptionNode[] = [];
  do options.push(parseOption(cursor));
  while (cursor.accept(","));
  cursor.expect("]", "to close the options");
  return options;
}

function parseOption(cursor: Cursor): OptionNode {
  const at = cursor.at;
  const name: OptionNamePart[] = [];
  do name.push(parseNamePart(cursor));
  while (cursor.accept("."));
  cursor.expect("=", "behind the option's name");
  return { name, value: parseOptionValue(cursor), at };
}

function parseNamePart(cursor: Cursor): OptionNamePart {
  const at = cursor.at;
  if (!cursor.accept("(")) return { ...cursor.identifier("an option's name"), extension: false };
  const { text } = cursor.qualifiedName("an option's name");
  cursor.expect(")", "behind the option's name");
  return { text, at, extension: true };
}
