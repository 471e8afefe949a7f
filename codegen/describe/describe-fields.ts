import { Cardinality, FieldType, type MessageDescriptionInit } from "../../generated/zserver/protocol/v1/schema.ts";
import type { Field, ScalarType } from "../model/schema.ts";
import type { Mentions } from "./mentions.ts";

const scalarTypes: Readonly<Record<ScalarType, FieldType>> = {
  double: FieldType.DOUBLE,
  float: FieldType.FLOAT,
  int32: FieldType.INT32,
  int64: FieldType.INT64,
  uint32: FieldType.UINT32,
  uint64: FieldType.UINT64,
  sint32: FieldType.SINT32,
  sint64: FieldType.SINT64,
  fixed32: FieldType.FIXED32,
  fixed64: FieldType.FIXED64,
  sfixed32: FieldType.SFIXED32,
  sfixed64: FieldType.SFIXED64,
  bool: FieldType.BOOL,
  string: FieldType.STRING,
  bytes: FieldType.BYTES,
};

const presences = {
  implicit: Cardinality.IMPLICIT,
  explicit: Cardinality.OPTIONAL,
  required: Cardinality.REQUIRED,
} as const;

/** The columns of a message's fields, its extensions among them. */
export function describeFields(declared: readonly Field[], mentions: Mentions): MessageDescriptionInit {
  const fields = [...declared].sort((a, b) => a.number - b.number);
  const cardinalities = fields.map(cardinalityOf);
  const oneofs = oneofsOf(fields);
  return {
    numbers: fields.map(({ number }) => number),
    types: fields.map(typeOf),
    cardinalities: cardinalities.every((cardinality) => cardinality === Cardinality.IMPLICIT) ? [] : cardinalities,
    oneofs: oneofs.every((oneof) => oneof === 0) ? [] : oneofs,
    places: fields.flatMap(({ value }) => {
      if (value.kind === "message") return mentions.message(value.type);
      return value.kind === "enum" && value.closed ? mentions.closedEnum(value.type) : [];
    }),
    keys: fields.flatMap(({ mapKey }) => (mapKey === undefined ? [] : scalarTypes[mapKey])),
  };
}

function typeOf({ value }: Field): FieldType {
  if (value.kind === "scalar") return scalarTypes[value.type];
  if (value.kind === "enum") return value.closed ? FieldType.CLOSED_ENUM : FieldType.ENUM;
  return value.delimited ? FieldType.GROUP : FieldType.MESSAGE;
}

/** The presence of a member of a oneof is the oneof's: OPTIONAL, as it is of every message. */
function cardinalityOf({ cardinality, presence }: Field): Cardinality {
  if (cardinality === "map") return Cardinality.MAP;
  return cardinality === "repeated" ? Cardinality.REPEATED : presences[presence];
}

function oneofsOf(fields: readonly Field[]): readonly number[] {
  const places = new Map<string, number>();
  return fields.map(({ oneof }) => {
    if (oneof === undefined) return 0;
    const place = places.get(oneof) ?? places.size + 1;
    places.set(oneof, place);
    return place;
  });
}
