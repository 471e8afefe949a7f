import type { ScalarType } from "../../model/schema.ts";
import type { ValueNode } from "../syntax/ast.ts";
import { toBytes, toText } from "../syntax/string.ts";

type Scalar = string | number | bigint | boolean | Uint8Array;

const integerBits: ReadonlyMap<ScalarType, { readonly bits: number; readonly signed: boolean }> = new Map([
  ["int32", { bits: 32, signed: true }],
  ["sint32", { bits: 32, signed: true }],
  ["sfixed32", { bits: 32, signed: true }],
  ["uint32", { bits: 32, signed: false }],
  ["fixed32", { bits: 32, signed: false }],
  ["int64", { bits: 64, signed: true }],
  ["sint64", { bits: 64, signed: true }],
  ["sfixed64", { bits: 64, signed: true }],
  ["uint64", { bits: 64, signed: false }],
  ["fixed64", { bits: 64, signed: false }],
]);

/** A scalar value as its type has it (64-bit integers as bigint), or what was expected instead. `text`: in text format, which takes more. */
export function scalarValue(type: ScalarType, node: ValueNode, text: boolean): { readonly value: Scalar } | { readonly expected: string } {
  if (type === "string") {
    const value = node.kind === "string" ? toText(node.value) : undefined;
    return value === undefined ? { expected: "a string of UTF-8" } : { value };
  }
  if (type === "bytes") return node.kind === "string" ? { value: toBytes(node.value) } : { expected: "a string" };
  if (type === "bool") return boolValue(node, text);
  if (type === "double" || type === "float") return floatValue(type, node, text);
  return integerValue(type, node);
}

function boolValue(node: ValueNode, text: boolean): { readonly value: boolean } | { readonly expected: string } {
  if (node.kind === "identifier" && !node.negative) {
    if (node.text === "true" || (text && (node.text === "True" || node.text === "t"))) return { value: true };
    if (node.text === "false" || (text && (node.text === "False" || node.text === "f"))) return { value: false };
  }
  if (text && node.kind === "integer" && (node.value === 0n || node.value === 1n)) return { value: node.value === 1n };
  return { expected: "true or false" };
}

function floatValue(type: "double" | "float", node: ValueNode, text: boolean): { readonly value: number } | { readonly expected: string } {
  const value = number(node, text);
  if (value === undefined) return { expected: "a number" };
  return { value: type === "float" ? Math.fround(value) : value };
}

function number(node: ValueNode, text: boolean): number | undefined {
  if (node.kind === "integer" && text && !node.decimal) return undefined;
  if (node.kind === "integer" || node.kind === "float") return Number(node.value);
  if (node.kind !== "identifier") return undefined;
  const name = text ? node.text.toLowerCase() : node.text;
  if (name === "nan") return Number.NaN;
  if (name === "inf" || (text && name === "infinity")) return node.negative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return undefined;
}

function integerValue(type: ScalarType, node: ValueNode): { readonly value: number | bigint } | { readonly expected: string } {
  const { bits, signed } = integerBits.get(type)!;
  const to = 2n ** BigInt(signed ? bits - 1 : bits) - 1n;
  const from = signed ? -to - 1n : 0n;
  if (node.kind !== "integer" || (node.negative && !signed) || node.value < from || node.value > to)
    return { expected: `an integer between ${from} and ${to}` };
  return { value: bits === 64 ? node.value : Number(node.value) };
}
