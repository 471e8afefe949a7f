import type { Rule } from "../rules.ts";
import type { Cursor } from "./cursor.ts";

/** The value of an integer literal: decimal, `0x` hexadecimal, or octal with a leading 0. Malformed ones, reported by the lexer, are 0. */
export function integerValue(text: string): bigint {
  if (/^0[0-7]+$/.test(text)) return BigInt(`0o${text}`);
  return /^(0[xX][0-9a-fA-F]+|[0-9]+)$/.test(text) && text.length < 1024 ? BigInt(text) : 0n;
}

/** Reads an integer between the bounds, with a minus sign if `from` is negative. */
export function parseInteger(cursor: Cursor, what: string, rule: Rule, from: number, to: number): number {
  const at = cursor.at;
  const negative = from < 0 && cursor.accept("-");
  if (cursor.kind !== "integer") cursor.fail(`expected ${what}, found ${cursor.found()}`, `write an integer between ${from} and ${to}`);
  const magnitude = integerValue(cursor.text);
  const value = negative ? -magnitude : magnitude;
  cursor.advance();
  if (value < BigInt(from) || value > BigInt(to)) {
    cursor.report(at, rule, `${value} is out of range for ${what}`, `use an integer between ${from} and ${to}`);
    return value < BigInt(from) ? from : to;
  }
  return Number(value);
}
