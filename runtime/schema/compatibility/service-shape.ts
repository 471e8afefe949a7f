import type { Cardinality, CommandDescription_Mode, FieldType } from "../../../generated/zserver/protocol/v1/schema.ts";

/** A service as a description says it, checked: every place is one. */
export interface ServiceShape {
  /** Fully qualified. */
  readonly name: string;
  /** By their short names, ascending. */
  readonly commands: ReadonlyMap<string, CommandShape>;
  readonly messages: readonly MessageShape[];
  /** The numbers of each closed enum, ascending. */
  readonly enums: readonly (readonly number[])[];
}

export interface CommandShape {
  readonly mode: CommandDescription_Mode;
  /** Places among the service's messages. */
  readonly request: number;
  readonly reply: number;
  /** The places of its error details by their full names. */
  readonly errors: ReadonlyMap<string, number>;
}

/** The fields of a message by ascending number. */
export type MessageShape = readonly FieldShape[];

export interface FieldShape {
  readonly number: number;
  readonly type: FieldType;
  readonly cardinality: Cardinality;
  /** Of a map's keys; FIELD_TYPE_UNSPECIFIED for all other fields. */
  readonly key: FieldType;
  /** Which of its message's oneofs it is in; 0: in none. */
  readonly oneof: number;
  /** Where its message or its closed enum is found; 0 for fields that hold neither. */
  readonly place: number;
}
