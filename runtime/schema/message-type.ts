import type { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";

/** What every message may carry besides its own fields. */
export interface Extensible {
  /** Fields that the schema does not know, as they came, extensions among them; sent again. */
  readonly $unknown?: Uint8Array | undefined;
}

/**
 * What senders pass for a message: as it is decoded, every field optional. An interface that extends this says for itself what is passed for
 * `Own`, and editors show the comments of the decoded fields with those too.
 *
 * @typeParam Own fields for which senders pass something else
 */
export type Optional<T, Own extends keyof T = never> = { readonly [Name in keyof T]?: Name extends Own ? unknown : T[Name] | undefined };

/** A message while it is read. */
export type Draft<T> = { -readonly [Name in keyof T]: T[Name] };

/** What encoding needs of a message's descriptor. */
export type MessageWriter<Init> = Pick<MessageType<never, Init>, "name" | "write">;

/** What decoding needs of a message's descriptor. */
export type MessageReader<T> = Pick<MessageType<T, never>, "name" | "maxElements" | "read">;

/**
 * The descriptor of a message: a plain constant of generated code that carries the message's name next to its straight-line codec.
 *
 * @typeParam T what decoding yields: every field present, in one fixed order
 * @typeParam Init what senders pass: every field optional
 */
export interface MessageType<T = unknown, Init = T> {
  /** The fully qualified name, for example `example.lobby.v1.JoinRequest`. */
  readonly name: string;
  /** The schema's own bound on objects and entries of one decoded message, where it states one. */
  readonly maxElements?: number | undefined;
  /** Appends the fields of `message`, without a length before them. Throws CommandError INVALID_ARGUMENT for values that the schema cannot hold. */
  write(writer: Writer, message: Init): void;
  /**
   * Reads fields from the reader's position up to `end`. Throws CommandError INVALID_ARGUMENT for malformed bytes; the caller checks that
   * the position is `end` afterwards, as `decode` does.
   *
   * @param previous the value of an earlier occurrence of the same field, which protobuf merges with this one: it is changed and returned
   */
  read(reader: Reader, end: number, previous?: T): T;
}
