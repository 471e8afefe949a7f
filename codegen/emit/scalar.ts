import type { Field, ScalarType } from "../model/schema.ts";

/** What generated code does with a scalar type. */
export interface Scalar {
  readonly type: "number" | "bigint" | "boolean" | "string" | "Uint8Array";
  /** Behind `read`, `write` and `writePacked` in the names of the runtime's functions. */
  readonly suffix: string;
  readonly wireType: 0 | 1 | 2 | 5;
  /** The default value as an expression; bytes share the runtime's `emptyBytes`. */
  readonly zero: "0" | "0n" | "false" | '""' | "emptyBytes";
}

const scalar = (type: Scalar["type"], suffix: string, wireType: Scalar["wireType"], zero: Scalar["zero"]): Scalar => ({
  type,
  suffix,
  wireType,
  zero,
});

export const scalars: Readonly<Record<ScalarType, Scalar>> = {
  double: scalar("number", "Double", 1, "0"),
  float: scalar("number", "Float", 5, "0"),
  int32: scalar("number", "Int32", 0, "0"),
  int64: scalar("bigint", "Int64", 0, "0n"),
  uint32: scalar("number", "Uint32", 0, "0"),
  uint64: scalar("bigint", "Uint64", 0, "0n"),
  sint32: scalar("number", "Sint32", 0, "0"),
  sint64: scalar("bigint", "Sint64", 0, "0n"),
  fixed32: scalar("number", "Fixed32", 5, "0"),
  fixed64: scalar("bigint", "Fixed64", 1, "0n"),
  sfixed32: scalar("number", "Sfixed32", 5, "0"),
  sfixed64: scalar("bigint", "Sfixed64", 1, "0n"),
  bool: scalar("boolean", "Bool", 0, "false"),
  string: scalar("string", "String", 2, '""'),
  bytes: scalar("Uint8Array", "Bytes", 2, "emptyBytes"),
};

/** The scalar of each wrapper message. */
export const wrappers: ReadonlyMap<string, ScalarType> = new Map([
  ["google.protobuf.DoubleValue", "double"],
  ["google.protobuf.FloatValue", "float"],
  ["google.protobuf.Int64Value", "int64"],
  ["google.protobuf.UInt64Value", "uint64"],
  ["google.protobuf.Int32Value", "int32"],
  ["google.protobuf.UInt32Value", "uint32"],
  ["google.protobuf.BoolValue", "bool"],
  ["google.protobuf.StringValue", "string"],
  ["google.protobuf.BytesValue", "bytes"],
]);

/** The scalar that a field of a wrapper message stands for: singular ones are `T | undefined`; in lists, maps and oneofs they stay messages. */
export function wrapped(field: Field): Scalar | undefined {
  const type = wrappedType(field);
  return type && scalars[type];
}

/** The type of {@link wrapped}. */
export function wrappedType({ value, cardinality, oneof }: Field): ScalarType | undefined {
  if (value.kind !== "message" || value.delimited || cardinality !== "singular" || oneof !== undefined) return undefined;
  return wrappers.get(value.type);
}

/** Whether the value at `access` has to be sent although absence means the same: negative zero is not zero. */
export function notZero(access: string, { type, suffix, zero }: Scalar): string {
  if (type === "Uint8Array") return `${access}.length !== 0`;
  if (suffix === "Double" || suffix === "Float") return `(${access} !== 0 || 1 / ${access} < 0)`;
  return `${access} !== ${zero}`;
}

/** The tag of a field: its number and wire type. */
export function tagOf(number: number, wireType: number): number {
  return number * 8 + wireType;
}
