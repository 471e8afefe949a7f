/** Random messages of a model, as senders pass them, for property tests. */
import fc from "fast-check";
import type { Extension, Field, ScalarType, Schema, ValueType } from "../../../codegen/model/schema.ts";
import { SchemaScope } from "../../../codegen/emit/scope.ts";
import { allExtensions } from "../../../codegen/emit/names.ts";
import { propertiesOf } from "../../../codegen/emit/message-scope.ts";
import { wrapped } from "../../../codegen/emit/scalar.ts";

const text = fc.oneof(fc.string({ unit: "grapheme", maxLength: 12 }), fc.string({ unit: "grapheme-ascii", maxLength: 80 }));
const blob = fc.uint8Array({ maxLength: 40 });

const scalarValues: Readonly<Record<ScalarType, fc.Arbitrary<unknown>>> = {
  double: fc.double({ noNaN: true }),
  float: fc.float({ noNaN: true }),
  int32: fc.integer(),
  int64: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  uint32: fc.nat(2 ** 32 - 1),
  uint64: fc.bigInt(0n, 2n ** 64n - 1n),
  sint32: fc.integer(),
  sint64: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  fixed32: fc.nat(2 ** 32 - 1),
  fixed64: fc.bigInt(0n, 2n ** 64n - 1n),
  sfixed32: fc.integer(),
  sfixed64: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  bool: fc.boolean(),
  string: text,
  bytes: blob,
};

/** One or more fields with numbers that no schema of the tests has, of every wire type. */
export const unknownFields: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.constantFrom(
      [0xc0, 0xbb, 0x01, 0x96, 0x01],
      [0xc1, 0xbb, 0x01, 1, 2, 3, 4, 5, 6, 7, 8],
      [0xc2, 0xbb, 0x01, 2, 0x61, 0x62],
      [0xc3, 0xbb, 0x01, 0x0b, 0x08, 1, 0x0c, 0xc4, 0xbb, 0x01],
      [0xc5, 0xbb, 0x01, 1, 2, 3, 4],
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((fields) => Uint8Array.from(fields.flat()));

/** Messages with every property set or left out at random, nested `depth` deep. */
export class Messages {
  readonly #scope: SchemaScope;
  readonly #extensions: readonly Extension[];

  readonly #unknown: fc.Arbitrary<Uint8Array> | undefined;

  /** @param unknown what messages carry besides their fields, at random; default: nothing */
  constructor(schema: Schema, unknown?: fc.Arbitrary<Uint8Array>) {
    this.#unknown = unknown;
    this.#scope = new SchemaScope(schema, {
      importExtension: ".ts",
      runtimeImport: "zserver/codec",
      blobImport: "zserver/blob",
      builtIn: new Set(),
    });
    this.#extensions = schema.files.flatMap(allExtensions);
  }

  of(fullName: string, depth = 2): fc.Arbitrary<Record<string, unknown>> {
    const { message } = this.#scope.message(fullName);
    const endsHere = (field: Field): boolean => depth <= 0 && field.value.kind === "message" && field.presence !== "required";
    const shape = propertiesOf(message).flatMap(({ property, field, oneof }): [string, fc.Arbitrary<unknown>][] => {
      if (field !== undefined) return endsHere(field) ? [] : [[property, this.#field(field, depth)]];
      const members = oneof!.members.filter((member) => !endsHere(member.field));
      const cases = members.map(({ name, field }) => this.#value(field.value, depth).map((value) => ({ case: name, value })));
      return cases.length === 0 ? [] : [[property, fc.oneof(...cases)]];
    });
    if (this.#unknown !== undefined) shape.push(["$unknown", this.#unknown]);
    const required = message.fields.filter((field) => field.presence === "required").map((field) => field.name);
    return fc.record(Object.fromEntries(shape), { requiredKeys: required });
  }

  /** What an extension may be set to. */
  ofExtension(fullName: string): fc.Arbitrary<unknown> {
    return this.#field(this.#extensions.find((extension) => extension.fullName === fullName)!, 2);
  }

  #field(field: Field, depth: number): fc.Arbitrary<unknown> {
    const inner = wrapped(field);
    if (inner !== undefined)
      return scalarValues[
        { string: "string", bigint: "int64", Uint8Array: "bytes", number: "int32", boolean: "bool" }[inner.type] as ScalarType
      ];
    if (field.cardinality === "singular") return this.#value(field.value, depth);
    const values = fc.array(this.#value(field.value, depth), { maxLength: 3 });
    if (field.cardinality === "repeated") return values;
    const keys = fc.uniqueArray(scalarValues[field.mapKey!], { minLength: 1, maxLength: 3 });
    return fc.tuple(keys, values).map(([key, list]) => new Map(list.map((value, i) => [key[i % key.length], value])));
  }

  #value(value: ValueType, depth: number): fc.Arbitrary<unknown> {
    if (value.kind === "scalar") return scalarValues[value.type];
    if (value.kind === "message") return this.of(value.type, depth - 1);
    const known = fc.constantFrom(...this.#scope.enumeration(value.type).enumeration.values.map((one) => one.number));
    return value.closed ? known : fc.oneof(known, fc.integer());
  }
}
