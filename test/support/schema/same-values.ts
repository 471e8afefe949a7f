import { propertiesOf } from "../../../codegen/emit/message-scope.ts";
import { SchemaScope } from "../../../codegen/emit/scope.ts";
import type { Field, Schema, ValueType } from "../../../codegen/model/schema.ts";
import { toHex } from "../../../runtime/bytes/hex.ts";

type Decoded = Readonly<Record<string, unknown>>;

/** A message with the numbers of its fields for names, and with values that do not tell an int32 from an int64 or an absent number from 0. */
export type Plain = ReadonlyMap<number, unknown>;

/** Makes decoded messages of one schema comparable with those of another. */
export class Plainer {
  readonly #scope: SchemaScope;

  constructor(schema: Schema) {
    this.#scope = new SchemaScope(schema, {
      importExtension: ".ts",
      runtimeImport: "zserver/codec",
      blobImport: "zserver/blob",
      builtIn: new Set(),
    });
  }

  message(fullName: string, decoded: Decoded): Plain {
    const { message } = this.#scope.message(fullName);
    const plain = new Map<number, unknown>();
    for (const { property, field, oneof } of propertiesOf(message)) {
      if (field !== undefined) plain.set(field.number, this.#field(field, decoded[property]));
      const chosen = oneof && (decoded[property] as { readonly case: string; readonly value: unknown } | undefined);
      for (const { name, field } of oneof?.members ?? [])
        plain.set(field.number, chosen?.case === name ? this.#value(field.value, chosen.value) : undefined);
    }
    return plain;
  }

  #field(field: Field, value: unknown): unknown {
    if (field.cardinality === "repeated") return (value as readonly unknown[]).map((one) => this.#value(field.value, one));
    if (field.cardinality === "singular") return value === undefined ? zero(field.value) : this.#value(field.value, value);
    const key: ValueType = { kind: "scalar", type: field.mapKey! };
    const entries = [...(value as ReadonlyMap<unknown, unknown>)].map(
      ([k, v]) => [this.#value(key, k), this.#value(field.value, v)] as const,
    );
    return new Map(entries);
  }

  #value(type: ValueType, value: unknown): unknown {
    if (type.kind === "message") return this.message(type.type, value as Decoded);
    if (value instanceof Uint8Array) return toHex(value);
    if (typeof value === "string") return toHex(new TextEncoder().encode(value));
    return isFraction(type) ? (Object.is(value, -0) ? "-0" : value) : typeof value === "number" ? BigInt(value) : value;
  }
}

const isFraction = (type: ValueType): boolean => type.kind === "scalar" && (type.type === "float" || type.type === "double");

/** What an absent value is read as where absence is not told. */
function zero(type: ValueType): unknown {
  if (type.kind === "message") return undefined;
  if (type.kind === "enum") return 0n;
  if (type.type === "string" || type.type === "bytes") return "";
  if (type.type === "bool") return false;
  return isFraction(type) ? 0 : 0n;
}

/** Without the fields that one side does not have, in the messages within too. */
export function common(value: unknown, other: unknown): unknown {
  if (value instanceof Map && other instanceof Map && isPlain(value)) {
    return new Map([...value].filter(([number]) => other.has(number)).map(([number, held]) => [number, common(held, other.get(number))]));
  }
  if (value instanceof Map && other instanceof Map) return new Map([...value].map(([key, held]) => [key, common(held, other.get(key))]));
  if (Array.isArray(value) && Array.isArray(other)) return value.map((held, index) => common(held, other[index]));
  return value;
}

/** A message, and no map: numbers of fields are the only keys that are numbers. */
function isPlain(map: ReadonlyMap<unknown, unknown>): boolean {
  return [...map.keys()].every((key) => typeof key === "number");
}
