import { noOptions } from "../options/resolved.ts";
import type { EnumNode, EnumValueNode } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { parseInteger } from "./number.ts";
import { parseInlineOptions, parseOptionStatement } from "./option.ts";
import { int32, parseReserved } from "./range.ts";

/** `enum Name { … }` */
export function parseEnum(cursor: Cursor, edition: boolean): EnumNode {
  const comment = cursor.comment();
  cursor.expect("enum", "before an enum");
  const name = cursor.identifier("an enum's name");
  const node: EnumNode = {
    kind: "enum",
    name,
    fullName: "",
    comment,
    options: [],
    resolvedOptions: noOptions,
    values: [],
    reserved: { ranges: [], names: [] },
  };
  const behind = cursor.block(`enum ${name.text}`, () => parseEnumStatement(cursor, node, edition));
  node.comment ||= behind;
  return node;
}

function parseEnumStatement(cursor: Cursor, node: EnumNode, edition: boolean): void {
  if (cursor.accept(";")) return;
  if (cursor.text === "option") node.options.push(parseOptionStatement(cursor));
  else if (cursor.text === "reserved") parseReserved(cursor, node.reserved, int32, edition);
  else node.values.push(parseEnumValue(cursor));
}

function parseEnumValue(cursor: Cursor): EnumValueNode {
  const comment = cursor.comment();
  const name = cursor.identifier("an enum value's name");
  cursor.expect("=", `behind ${name.text}`);
  const numberAt = cursor.at;
  const number = parseInteger(cursor, "an enum value", "ENUM_VALUE_RANGE", int32.from, int32.to);
  const options = parseInlineOptions(cursor);
  cursor.expect(";", "behind the enum value");
  return {
    kind: "enum value",
    name,
    fullName: "",
    comment: comment || cursor.trailingComment(),
    options,
    resolvedOptions: noOptions,
    number,
    numberAt,
  };
}
