import { Cardinality, FieldType } from "../../../generated/zserver/protocol/v1/schema.ts";
import type { FieldShape, MessageShape } from "./service-shape.ts";

/**
 * Why a reader would not read what a writer writes. `TYPE`: another type that does not hold all of its values in the same bytes. `CARDINALITY`: one, many,
 * and a map are read as nothing else. `ONEOF`: a field moved into a oneof, out of one, or into another. `REQUIRED`: the reader insists on a field that the
 * writer may leave out. `ENUM_VALUES`: a closed enum of the reader lacks numbers of the writer's. `MODE`: the command itself travels otherwise. `COMPLEXITY`: it would
 * take too long to find out.
 */
export type Rule = "TYPE" | "CARDINALITY" | "ONEOF" | "REQUIRED" | "ENUM_VALUES" | "MODE" | "COMPLEXITY";

/** What is wrong with one field of a message. */
export interface FieldFailure {
  readonly rule: Rule;
  readonly field: number;
}

/** Why a reader's closed enum does not take all numbers of a writer's; each is given by its place. */
export type CompareEnums = (writer: number, reader: number) => Rule | undefined;

/** Which other types hold all values of a type, in the same bytes. An open enum is an int32. */
export const wider: ReadonlyMap<FieldType, readonly FieldType[]> = new Map<FieldType, readonly FieldType[]>([
  [FieldType.INT32, [FieldType.INT64, FieldType.ENUM]],
  [FieldType.ENUM, [FieldType.INT32, FieldType.INT64]],
  [FieldType.CLOSED_ENUM, [FieldType.ENUM, FieldType.INT32, FieldType.INT64]],
  [FieldType.UINT32, [FieldType.UINT64, FieldType.INT64]],
  [FieldType.SINT32, [FieldType.SINT64]],
  [FieldType.STRING, [FieldType.BYTES]],
]);

/**
 * What keeps a reader from reading a message, but for the messages in it; by ascending field number. A field that only the writer knows is kept as an
 * unknown one, a field that only the reader knows is absent.
 */
export function compareFields(writer: MessageShape, reader: MessageShape, compareEnums: CompareEnums): readonly FieldFailure[] {
  const failures: FieldFailure[] = [];
  const oneofs = new Oneofs();
  eachField(writer, reader, (written, read) => {
    const rule =
      written === undefined
        ? missing(read)
        : (compareField(written, read, compareEnums) ?? (oneofs.fit(written, read) ? undefined : "ONEOF"));
    if (rule !== undefined) failures.push({ rule, field: read.number });
  });
  return failures;
}

/** Visits a reader's fields by ascending number, each with the writer's. */
export function eachField(
  writer: MessageShape,
  reader: MessageShape,
  visit: (written: FieldShape | undefined, read: FieldShape) => void,
): void {
  let at = 0;
  for (const read of reader) {
    while (at < writer.length && writer[at]!.number < read.number) at++;
    visit(writer[at]?.number === read.number ? writer[at] : undefined, read);
  }
}

function missing({ cardinality }: FieldShape): Rule | undefined {
  return cardinality === Cardinality.REQUIRED ? "REQUIRED" : undefined;
}

function compareField(written: FieldShape, read: FieldShape, compareEnums: CompareEnums): Rule | undefined {
  if (often(written) !== often(read)) return "CARDINALITY";
  if (read.cardinality === Cardinality.REQUIRED && written.cardinality !== Cardinality.REQUIRED) return "REQUIRED";
  if (!holdsAll(read.type, written.type) || !holdsAll(read.key, written.key)) return "TYPE";
  return written.type === FieldType.CLOSED_ENUM && read.type === FieldType.CLOSED_ENUM
    ? compareEnums(written.place, read.place)
    : undefined;
}

/** How often a value may be there. Whether its absence is told from its default changes no value. */
function often({ cardinality }: FieldShape): Cardinality {
  return cardinality === Cardinality.MAP || cardinality === Cardinality.REPEATED ? cardinality : Cardinality.IMPLICIT;
}

function holdsAll(reader: FieldType, writer: FieldType): boolean {
  return reader === writer || (wider.get(writer)?.includes(reader) ?? false);
}

/** Which oneofs of two messages are the same: the fields that both sides know say so. */
class Oneofs {
  readonly #readers = new Map<number, number>();
  readonly #writers = new Map<number, number>();

  /** Whether two fields are in the same oneof, or both in none. */
  fit({ oneof: written }: FieldShape, { oneof: read }: FieldShape): boolean {
    if (written === 0 || read === 0) return written === read;
    if (!this.#readers.has(written) && !this.#writers.has(read)) {
      this.#readers.set(written, read);
      this.#writers.set(read, written);
    }
    return this.#readers.get(written) === read && this.#writers.get(read) === written;
  }
}
