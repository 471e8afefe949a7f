/** The view model of a file's JSON. As with the binary codecs, templates decide nothing but layout. */
import type { Code } from "../imports.ts";

export interface JsonFileView {
  /** The schema's name, safe behind `//`. */
  readonly source: string;
  readonly enums: readonly JsonEnumView[];
  readonly messages: readonly JsonMessageView[];
  readonly extensions: readonly JsonExtensionView[];
}

export interface JsonEnumView {
  readonly type: Code;
  /** The full name as a string literal. */
  readonly fullName: string;
  readonly jsonName: string;
  readonly writeName: Code;
  readonly readName: Code;
  /** Whether the runtime has the two functions. */
  readonly special: boolean;
  /** The guard of a closed enum. */
  readonly guard: Code | undefined;
  /** Each number once, under its first name, a string literal. */
  readonly numbers: readonly { readonly number: number; readonly name: string }[];
  /** All names, as string literals. */
  readonly names: readonly { readonly number: number; readonly name: string }[];
}

export interface JsonMessageView {
  /** The decoded type, what senders pass, and the descriptor. */
  readonly type: Code;
  readonly initType: Code;
  readonly descriptor: Code;
  readonly jsonName: string;
  readonly toJsonName: string;
  readonly fromJsonName: string;
  readonly writeName: Code;
  readonly readName: Code;
  /** Whether `Any` holds its JSON under `value`. */
  readonly special: boolean;
  /** The functions and the zero of a wrapper's only field. */
  readonly wrapper: { readonly write: Code; readonly read: Code; readonly zero: Code } | undefined;
  /** Whether the functions are written: neither the runtime has them nor are they a wrapper's. */
  readonly plain: boolean;
  /** The full name as a string literal, of a message that may have extensions. */
  readonly extensible: string | undefined;
  /** By field number, as other writers of JSON put them out. */
  readonly writes: readonly JsonWriteView[];
  /** In the order of declaration. */
  readonly properties: readonly JsonPropertyView[];
  readonly cases: readonly JsonCaseView[];
}

/** What writes one field, or a oneof. */
export interface JsonWriteView {
  /** The expression of a field that must be there. */
  readonly required?: string | undefined;
  readonly member?: JsonMemberView | undefined;
  readonly oneof?:
    | {
        readonly access: string;
        readonly field: string;
        readonly cases: readonly { readonly name: string; readonly member: JsonMemberView }[];
        readonly others: readonly string[];
      }
    | undefined;
}

export interface JsonMemberView {
  /** When the member is written; undefined where it always is. */
  readonly condition: string | undefined;
  /** The field's name as a string literal, for errors. */
  readonly field: string;
  /** The expression of the member's name; undefined where `access` says it. */
  readonly name: string | undefined;
  /** The member behind `json`: `.name` or `[…]`; undefined for names that every object has: not all of them can be assigned. */
  readonly access: string | undefined;
  readonly value: Code;
}

export interface JsonPropertyView {
  readonly name: string;
  /** What it is before anything was read; undefined when that is `undefined`. */
  readonly initial: Code | undefined;
  /** The name in JSON as a string literal, for errors, where the field must be there: it is undefined until it was read. */
  readonly required: string | undefined;
}

/** One case of the switch over members. */
export interface JsonCaseView {
  /** The names that the field goes by, as string literals. */
  readonly labels: readonly string[];
  /** The name that is used by default, where there is another one too. */
  readonly alias: string | undefined;
  /** Whether null stands for absence. */
  readonly nullable: boolean;
  /** The property that it is read into. */
  readonly access: string;
  readonly value: Code;
  /** The reader may pass the value over: names that an enum does not have. */
  readonly optional: boolean;
  /** The name of a oneof's member, as a string literal. */
  readonly member: string | undefined;
}

export interface JsonExtensionView {
  readonly jsonName: string;
  /** The descriptor. */
  readonly extension: Code;
  /** What reading gives, and what is passed to set it. */
  readonly type: Code;
  readonly initType: Code;
  /** Whether null stands for absence. */
  readonly nullable: boolean;
  /** The calls that write `value` and read `json`. */
  readonly write: Code;
  readonly read: Code;
}
