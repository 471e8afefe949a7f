import type { Enum, Field } from "../model/schema.ts";

/** A string literal that reads back as `text`. */
export function quote(text: string): string {
  return `"${text.replace(/["\\\p{Cc}]/gu, escaped)}"`;
}

/** A string literal that reads back as these bytes. */
export function quoteBytes(bytes: Uint8Array): string {
  return `"${[...bytes].map((byte) => (byte < 0x80 ? quote(String.fromCharCode(byte)).slice(1, -1) : octal(byte))).join("")}"`;
}

const letters: Readonly<Record<string, string>> = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

const escaped = (character: string): string => letters[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Of three digits: a hexadecimal escape would take in a digit that follows. */
const octal = (byte: number): string => `\\${byte.toString(8).padStart(3, "0")}`;

/** A scalar, as its type is written. Enums are not among them: their values are names. */
export function scalarLiteral(value: NonNullable<Field["defaultValue"]>): string {
  if (typeof value === "string") return quote(value);
  if (value instanceof Uint8Array) return quoteBytes(value);
  return typeof value === "number" ? number(value) : String(value);
}

function number(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (Object.is(value, -0)) return "-0.0";
  // Such an integer is a double, and need not fit into the 64 bits of an integer literal.
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
}

/** What a message or an enum reserves, one a line. Editions reserve names without quotes. */
export function* reservedLines({ reservedNumbers, reservedNames }: Reserving, edition: boolean): Generator<string> {
  for (const { from, to } of reservedNumbers) yield `reserved ${range(from, to)};`;
  for (const name of reservedNames) yield `reserved ${edition ? name : quote(name)};`;
}

type Reserving = Pick<Enum, "reservedNumbers" | "reservedNames">;

export const range = (from: number, to: number): string => (from === to ? `${from}` : `${from} to ${to}`);

/** `head { … }` with one line each, or on a line of its own where there is nothing in it. */
export function* block(head: string, lines: Iterable<string>): Generator<string> {
  let empty = true;
  for (const line of lines) {
    if (empty) yield `${head} {`;
    empty = false;
    yield `  ${line}`;
  }
  yield empty ? `${head} {}` : "}";
}
