/**
 * The Schema model: what `read/` makes of `.proto` files and everything after it reads. Plain, frozen, complete; nothing in it points back
 * to a parser. Names are fully qualified without a leading dot; arrays are in the order of declaration; files are sorted by name.
 */

/** Where an element is declared. Lines and columns count from 1, columns in UTF-16 code units. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What every named element carries. */
export interface Element {
  /** The short name, as declared. */
  readonly name: string;
  /** The fully qualified name, for example `example.lobby.v1.JoinRequest.room`. */
  readonly fullName: string;
  readonly position: Position;
  /** The comment directly before (or, failing that, behind on the same line) without its markers; empty when there is none. */
  readonly comment: string;
  /** The element says so, or the file that declares it, or a command's service. Fields and values say it for themselves. */
  readonly deprecated: boolean;
}

export interface Schema {
  /** The files that were asked for, and all that they import, sorted by name. */
  readonly files: readonly File[];
}

export interface File {
  /** The name by which others import it, for example `example/lobby/v1/lobby.proto`. */
  readonly name: string;
  readonly package: string;
  readonly syntax: "proto2" | "proto3" | "2023";
  /** Where the syntax or edition is said; undefined when the file says none and is proto2 therefore. */
  readonly syntaxPosition: Position | undefined;
  readonly packagePosition: Position | undefined;
  /** The comment before `syntax`. */
  readonly comment: string;
  /** False when the file was only imported; the emitter writes code for it all the same unless it is a built-in (`google/protobuf`, `zserver`). */
  readonly requested: boolean;
  readonly imports: readonly Import[];
  readonly messages: readonly Message[];
  readonly enums: readonly Enum[];
  readonly services: readonly Service[];
  readonly extensions: readonly Extension[];
  readonly options: readonly Option[];
}

export interface Import {
  readonly file: string;
  readonly public: boolean;
  readonly position: Position;
}

export interface Message extends Element {
  readonly fields: readonly Field[];
  readonly oneofs: readonly Oneof[];
  readonly messages: readonly Message[];
  readonly enums: readonly Enum[];
  readonly extensions: readonly Extension[];
  readonly reservedNumbers: readonly Range[];
  readonly reservedNames: readonly string[];
  readonly extensionRanges: readonly Range[];
  /** `zserver.message`, absent parts filled with their defaults. */
  readonly zserver: { readonly maxElements: number };
  readonly options: readonly Option[];
}

/** Both ends included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export type ScalarType =
  | "double"
  | "float"
  | "int32"
  | "int64"
  | "uint32"
  | "uint64"
  | "sint32"
  | "sint64"
  | "fixed32"
  | "fixed64"
  | "sfixed32"
  | "sfixed64"
  | "bool"
  | "string"
  | "bytes";

/** What a field, a map value or a list entry holds. `type` of a message or an enum is its full name. */
export type ValueType =
  | { readonly kind: "scalar"; readonly type: ScalarType }
  | { readonly kind: "message"; readonly type: string /** Encoded as a group (between start and end tags). */; readonly delimited: boolean }
  | { readonly kind: "enum"; readonly type: string /** Unknown numbers are kept as unknown fields. */; readonly closed: boolean };

export interface Field extends Element {
  readonly number: number;
  readonly jsonName: string;
  readonly value: ValueType;
  /** `map` fields have their key here and their value type in `value`. */
  readonly mapKey: ScalarType | undefined;
  readonly cardinality: "singular" | "repeated" | "map";
  /** `explicit`: absence is told from the default value. `implicit`: the default is not sent. `required`: must be there. Singular fields only. */
  readonly presence: "explicit" | "implicit" | "required";
  /** Repeated scalars and enums in one length-delimited run. */
  readonly packed: boolean;
  /** Strings: reject what is not UTF-8 when decoding. */
  readonly validateUtf8: boolean;
  /** Name of the oneof that it belongs to; synthetic oneofs of `optional` do not count. */
  readonly oneof: string | undefined;
  /** A proto2 or edition default, as its kind says; enums by value name, bytes as Uint8Array. */
  readonly defaultValue: string | number | bigint | boolean | Uint8Array | undefined;
  /** `zserver.field`, absent parts filled with their defaults. */
  readonly zserver: { readonly view: boolean; readonly secret: boolean };
  readonly options: readonly Option[];
}

export interface Oneof extends Element {
  /** Short names of its fields. */
  readonly fields: readonly string[];
}

export interface Enum extends Element {
  readonly values: readonly EnumValue[];
  readonly closed: boolean;
  readonly allowAlias: boolean;
  readonly reservedNumbers: readonly Range[];
  readonly reservedNames: readonly string[];
  readonly options: readonly Option[];
}

export interface EnumValue extends Element {
  readonly number: number;
  readonly options: readonly Option[];
}

export interface Extension extends Field {
  /** Full name of the message that it extends. */
  readonly extendee: string;
}

export interface Service extends Element {
  readonly commands: readonly Command[];
  /** `zserver.service`, absent parts filled with their defaults. */
  readonly zserver: { readonly side: "SERVER" | "CLIENT" | "BOTH"; readonly ordered: boolean; readonly critical: boolean };
  readonly options: readonly Option[];
}

export interface Command extends Element {
  /** Full names of messages. */
  readonly request: string;
  readonly response: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  /** How it travels: a blob is a stream of its parts. */
  readonly kind: "unary" | "one_way" | "server_stream" | "client_stream" | "bidi_stream";
  /** protobuf's own `idempotency_level`. */
  readonly idempotency: "UNKNOWN" | "NO_SIDE_EFFECTS" | "IDEMPOTENT";
  /** `zserver.command`, absent parts filled with their defaults (`ordered` and `critical` with the service's), error names resolved to full names. */
  readonly zserver: {
    readonly timeoutMs: number;
    readonly idleTimeoutMs: number;
    readonly maxBytes: number;
    readonly errors: readonly string[];
    readonly deferred: boolean;
    readonly ordered: boolean;
    readonly delivery: "RELIABLE" | "VOLATILE";
    readonly critical: boolean;
    readonly priority: "HIGH" | "NORMAL" | "BULK";
    readonly inLane: boolean;
    readonly compression: "DEFLATE" | "BROTLI" | undefined;
  };
  readonly options: readonly Option[];
}

/** An option as written, its name resolved and its value checked against the declared type. */
export interface Option {
  /** `deprecated`, `(zserver.command)`, `(acme.limits).depth`: extension names fully qualified. */
  readonly name: string;
  readonly value: OptionValue;
  readonly position: Position;
}

export type OptionValue =
  | string
  | number
  | bigint
  | boolean
  | Uint8Array
  | readonly OptionValue[]
  | { readonly [field: string]: OptionValue };
