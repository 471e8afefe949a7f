import type { Field } from "../model/schema.ts";

/** A string literal that reads back as `text`. */
export function quote(text: string): string {
  return `"${text.replace(/["\\\p{Cc}]/gu, escaped)}"`;
}

/** A string literal that reads back as these bytes. */
function quoteBytes(bytes: Uint8Array): string {
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
