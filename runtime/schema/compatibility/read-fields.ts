import { Cardinality, FieldType, type MessageDescription } from "../../../generated/zserver/protocol/v1/schema.ts";
import { malformed } from "../../bytes/fault.ts";
import { ascending, place } from "./checks.ts";
import type { MessageShape } from "./service-shape.ts";

/** protobuf's highest field number. */
const MAX_FIELD_NUMBER = 536_870_911;

/** What a map's keys cannot be. */
const noKeys: ReadonlySet<FieldType> = new Set([
  FieldType.DOUBLE,
  FieldType.FLOAT,
  FieldType.GROUP,
  FieldType.MESSAGE,
  FieldType.BYTES,
  FieldType.ENUM,
  FieldType.CLOSED_ENUM,
]);

/** How many messages and closed enums there are. */
interface Counts {
  readonly messages: number;
  readonly enums: number;
}

/** The fields that a description's columns say. Throws as `readDescription`. */
export function readFields({ numbers, types, cardinalities, oneofs, places, keys }: MessageDescription, counts: Counts): MessageShape {
  column(types, numbers.length);
  if (cardinalities.length > 0) column(cardinalities, numbers.length);
  if (oneofs.length > 0) column(oneofs, numbers.length);
  checkNumbers(numbers);
  let nextPlace = 0;
  let nextKey = 0;
  const fields = numbers.map((number, i) => {
    const type = legalType(types[i]!);
    const cardinality = legalCardinality(cardinalities[i] ?? Cardinality.IMPLICIT);
    return {
      number,
      type,
      cardinality,
      key: cardinality === Cardinality.MAP ? legalKey(keys[nextKey++]) : FieldType.FIELD_TYPE_UNSPECIFIED,
      oneof: oneofs[i] ?? 0,
      place: holds(type) === undefined ? 0 : place(places[nextPlace++], counts[holds(type)!]),
    };
  });
  column(places, nextPlace);
  column(keys, nextKey);
  return fields;
}

function column(entries: readonly number[], length: number): void {
  if (entries.length !== length) malformed(`a column of ${entries.length} entries where ${length} belong`);
}

function checkNumbers(numbers: readonly number[]): void {
  ascending(numbers, "the fields of a message");
  if (numbers[0] === 0 || (numbers.at(-1) ?? 0) > MAX_FIELD_NUMBER) malformed("a field number out of range");
}

function legalType(type: FieldType): FieldType {
  if (type < FieldType.DOUBLE || type > FieldType.CLOSED_ENUM) malformed(`a field of type ${type}`);
  return type;
}

function legalCardinality(cardinality: Cardinality): Cardinality {
  if (cardinality < Cardinality.IMPLICIT || cardinality > Cardinality.MAP) malformed(`a field of cardinality ${cardinality}`);
  return cardinality;
}

function legalKey(key: FieldType | undefined): FieldType {
  if (key === undefined) malformed("a map without a type of its keys");
  if (noKeys.has(legalType(key))) malformed(`a map with keys of type ${key}`);
  return key;
}

/** In which list the place of a field of this type is. */
function holds(type: FieldType): keyof Counts | undefined {
  if (type === FieldType.MESSAGE || type === FieldType.GROUP) return "messages";
  return type === FieldType.CLOSED_ENUM ? "enums" : undefined;
}
