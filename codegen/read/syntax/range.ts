import type { Range } from "../../model/schema.ts";
import { noOptions } from "../options/resolved.ts";
import type { ExtensionRangeNode, RangeNode, Reserved } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { parseInteger } from "./number.ts";
import { parseInlineOptions } from "./option.ts";
import { parseText } from "./string.ts";

export const int32: Range = { from: -(2 ** 31), to: 2 ** 31 - 1 };
/** Field numbers have 29 bits. */
export const fieldNumbers: Range = { from: 1, to: 2 ** 29 - 1 };

/** The extensions of a message set are not sent with a tag of their own, so that their numbers may have 31 bits. */
export const messageSetNumbers: Range = { from: 1, to: 2 ** 31 - 2 };

/** `reserved 2, 9 to 11, 40 to max;` or `reserved "foo", "bar";`, without quotes in editions. */
export function parseReserved(cursor: Cursor, reserved: Reserved, bounds: Range, edition: boolean): void {
  cursor.expect("reserved", "before what is reserved");
  const names = cursor.kind === "string" || cursor.kind === "identifier";
  do {
    if (names) reserved.names.push(parseReservedName(cursor, edition));
    else reserved.ranges.push(parseRange(cursor, bounds));
  } while (cursor.accept(","));
  cursor.expect(";", "behind what is reserved");
}

function parseReservedName(cursor: Cursor, edition: boolean): { text: string; at: number } {
  const at = cursor.at;
  if (edition === (cursor.kind === "string")) {
    cursor.fail(
      edition ? "editions reserve names without quotes" : "reserved names are strings before edition 2023",
      edition ? "remove the quotes" : "put the name in quotes",
    );
  }
  return edition ? cursor.identifier("a name") : { text: parseText(cursor, "a reserved name"), at };
}

/** `extensions 100 to 199, 1000 to max [options];` */
export function parseExtensionRanges(cursor: Cursor): ExtensionRangeNode[] {
  cursor.expect("extensions", "before the numbers");
  const ranges: (RangeNode & { readonly open: boolean })[] = [];
  do ranges.push(parseRange(cursor, messageSetNumbers));
  while (cursor.accept(","));
  const options = parseInlineOptions(cursor);
  cursor.expect(";", "behind the extension range");
  return ranges.map((range) => ({ ...range, to: range.open ? fieldNumbers.to : range.to, options, resolvedOptions: noOptions }));
}

function parseRange(cursor: Cursor, bounds: Range): RangeNode & { readonly open: boolean } {
  const at = cursor.at;
  const from = parseInteger(cursor, "a number", "NUMBER_RANGE", bounds.from, bounds.to);
  if (!cursor.accept("to")) return { from, to: from, at, open: false };
  if (cursor.accept("max")) return { from, to: bounds.to, at, open: true };
  return { from, to: parseInteger(cursor, "a number", "NUMBER_RANGE", bounds.from, bounds.to), at, open: false };
}
