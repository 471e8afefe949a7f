import type { Cursor } from "./cursor.ts";

const encoder = new TextEncoder();
const simple: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, "?": 63, "\\": 92, "'": 39, '"': 34 };
const escapes = /\\(?:([0-7]{1,3})|[xX]([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([abfnrtv?\\'"]))|\\/g;

/** Reads adjacent string literals as one, escapes resolved: octal and hexadecimal ones are bytes, which make the whole bytes of UTF-8. */
export function parseString(cursor: Cursor, what: string): string | Uint8Array {
  if (cursor.kind !== "string") cursor.fail(`expected ${what}, found ${cursor.found()}`, `write ${what} in quotes`);
  let value = parseLiteral(cursor);
  while (cursor.kind === "string") {
    const next = parseLiteral(cursor);
    value = typeof value === "string" && typeof next === "string" ? value + next : Uint8Array.of(...toBytes(value), ...toBytes(next));
  }
  return value;
}

/** Reads adjacent string literals as text. */
export function parseText(cursor: Cursor, what: string): string {
  const at = cursor.at;
  const text = toText(parseString(cursor, what));
  if (text === undefined) cursor.report(at, "SYNTAX", `${what} is not valid UTF-8`, "escape characters with \\u instead of bytes");
  return text ?? "";
}

/** The text of a literal, or undefined when its bytes are not UTF-8. */
export function toText(value: string | Uint8Array): string | undefined {
  if (typeof value === "string") return value;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    return undefined;
  }
}

export function toBytes(value: string | Uint8Array): Uint8Array {
  return typeof value === "string" ? encoder.encode(value) : value;
}

function parseLiteral(cursor: Cursor): string | Uint8Array {
  const start = cursor.at + 1;
  const body = cursor.text.slice(1, cursor.text.length > 1 && cursor.text.endsWith(cursor.text[0]!) ? -1 : undefined);
  const value = body.includes("\\") ? unescaped(cursor, body, start) : body;
  cursor.advance();
  return value;
}

function unescaped(cursor: Cursor, body: string, start: number): Uint8Array {
  const bytes: number[] = [];
  let from = 0;
  for (const match of body.matchAll(escapes)) {
    for (const byte of encoder.encode(body.slice(from, match.index))) bytes.push(byte);
    from = match.index + match[0].length;
    const code = escapeBytes(match);
    if (code === undefined) cursor.report(start + match.index, "SYNTAX", "the string has an unknown escape", "write \\\\ for a backslash");
    else bytes.push(...code);
  }
  for (const byte of encoder.encode(body.slice(from))) bytes.push(byte);
  return Uint8Array.from(bytes);
}

function escapeBytes(match: RegExpExecArray): readonly number[] | undefined {
  const [, octal, hex, short, long, letter] = match;
  if (octal !== undefined) return [Number.parseInt(octal, 8) & 0xff];
  if (hex !== undefined) return [Number.parseInt(hex, 16)];
  if (letter !== undefined) return [simple[letter]!];
  const point = short ?? long;
  if (point === undefined || Number.parseInt(point, 16) > 0x10ffff) return undefined;
  return [...encoder.encode(String.fromCodePoint(Number.parseInt(point, 16)))];
}
