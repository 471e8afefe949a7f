/**
 * The view model: what templates see. Plain and complete, so that a template makes no decision but of layout; pure, so that it can be tested
 * without rendering. `Code` values go through the helper `use`, which imports what they refer to.
 */
import type { Code } from "./imports.ts";

export interface FileView {
  /** The schema's name, safe behind `//`. */
  readonly source: string;
  /** The comment before `syntax`, as JSDoc. */
  readonly doc: string;
  readonly enums: readonly EnumView[];
  readonly messages: readonly MessageView[];
  /** Those declared within messages too. */
  readonly extensions: readonly ExtensionView[];
  readonly services: readonly ServiceView[];
}

/** The module that all services of a schema share; there is none without services. */
export interface ReleaseView {
  /** The root fingerprint in hex. */
  readonly root: string;
  /** The semantic version as a string literal; an empty one where this is no release. */
  readonly version: string;
}

/** The module for servers about older releases; there is none before the first one. */
export interface ReleasesView {
  /** The services of all releases, but for those that are as they are now; each once. */
  readonly services: readonly ReleasedServiceView[];
  /** Oldest first. */
  readonly releases: readonly ReleasedView[];
}

export interface ReleasedServiceView {
  /** Fully qualified. */
  readonly name: string;
  readonly variable: string;
  /** In hex. */
  readonly fingerprint: string;
  /** In base64. */
  readonly description: string;
}

export interface ReleasedView {
  /** The root fingerprint in hex. */
  readonly root: string;
  /** The semantic version as a string literal. */
  readonly version: string;
  /** The variables of its services. */
  readonly services: readonly string[];
}

export interface EnumView {
  readonly doc: string;
  /** The part of `doc` that says that it is deprecated, where it is. */
  readonly deprecation: string;
  readonly name: string;
  /** Whether numbers without a name are values too. */
  readonly open: boolean;
  /** The name of the guard of a closed enum. */
  readonly guard: string;
  /** Numbers without repetition, for the guard. */
  readonly numbers: readonly number[];
  readonly values: readonly { readonly doc: string; readonly name: string; readonly number: number }[];
}

export interface MessageView extends CodecView {
  readonly doc: string;
  /** The part of `doc` that says that it is deprecated, where it is. */
  readonly deprecation: string;
  /** The message's full name as a string literal. */
  readonly fullName: string;
  /** 0 where the schema states none. */
  readonly maxElements: number;
  readonly name: string;
  readonly initName: string;
  /** What it has in common with the decoded type. */
  readonly initBase: Code;
  /** Whether any property says for itself what senders pass. */
  readonly hasOwnInit: boolean;
  /** A constant with the defaults that the schema states; undefined where it states none. */
  readonly defaults: { readonly name: string; readonly fields: readonly DefaultView[] } | undefined;
  readonly enums: readonly EnumView[];
}

/** What an absent value stands for. */
export interface DefaultView {
  readonly name: string;
  readonly type: Code;
  readonly value: Code;
}

/** An extension: a codec for the one field, as if it were all of a message, with a property `value`. */
export interface ExtensionView extends CodecView {
  readonly doc: string;
  /** The extension's full name as a string literal. */
  readonly fullName: string;
  readonly name: string;
  /** The descriptor of the message that it extends, and what senders pass for that. */
  readonly extendee: Code;
  readonly extendeeInit: Code;
  /** What reading it gives, and what is passed to set it. */
  readonly valueType: Code;
  readonly valueInit: Code;
  /** A constant for the default that the schema states; undefined where it states none. */
  readonly default: DefaultView | undefined;
}

/** The two functions that write and read fields. */
export interface CodecView {
  /** What is read, and what is written. */
  readonly type: Code;
  readonly initType: Code;
  readonly writeName: string;
  readonly readName: string;
  /** One for each property, in the order of declaration. A oneof is one property. */
  readonly properties: readonly PropertyView[];
  /** In the order in which they are written: by field number. */
  readonly writes: readonly WriteView[];
  /** By field number. */
  readonly cases: readonly CaseView[];
  /** Whether there are fields, and the tag of each is one byte: they are looked for in the order in which they are written, without a switch. */
  readonly shortTags: boolean;
}

export interface PropertyView {
  readonly doc: string;
  /** Whether `doc` says that it is deprecated, which editors do not find in comments that an interface has from elsewhere. */
  readonly saysDeprecated: boolean;
  readonly name: string;
  /** Whether senders pass something else than decoding gives, apart from leaving it out: messages, and what is required. */
  readonly ownInit: boolean;
  /** The cases of a oneof; then `type` and `initType` are not used. */
  readonly oneof: readonly { readonly doc: string; readonly name: string; readonly type: Code; readonly initType: Code }[] | undefined;
  readonly type: Code;
  readonly initType: Code;
  /** What it is before anything was read; undefined when that is `undefined`. */
  readonly initial: Code | undefined;
  /** The name as a string literal, for errors, where the field must be there: it is undefined until it was read. */
  readonly required: string | undefined;
}

/** What writes one or more fields. Exactly one of the optional parts is there. */
export interface WriteView {
  /** A field with implicit presence: the function that writes it leaves out what absence stands for. */
  readonly implicit?: ValueWriteView | undefined;
  /** A field with explicit presence. */
  readonly single?: { readonly access: string; readonly value: ValueWriteView } | undefined;
  /** A wrapper message around a scalar, which is its only field. */
  readonly wrapper?: { readonly access: string; readonly tag: number; readonly content: WriteView } | undefined;
  /** A field that must be there. */
  readonly required?: { readonly access: string; readonly field: string; readonly value: ValueWriteView } | undefined;
  readonly list?: { readonly access: string; readonly value: ValueWriteView } | undefined;
  readonly packed?: { readonly access: string; readonly tag: number; readonly write: Code; readonly field: string } | undefined;
  readonly map?:
    | { readonly access: string; readonly tag: number; readonly key: ValueWriteView; readonly value: ValueWriteView }
    | undefined;
  /** Members of a oneof whose numbers are neighbours; `others` are the rest. */
  readonly oneof?:
    | {
        readonly access: string;
        readonly field: string;
        readonly cases: readonly { readonly name: string; readonly value: ValueWriteView }[];
        readonly others: readonly string[];
      }
    | undefined;
}

/** How one value is written, its tag included. */
export interface ValueWriteView {
  readonly tag: number;
  /** The expression of the value. */
  readonly value: string;
  /** The field's name as a string literal, for errors. */
  readonly field: string;
  /** The function that writes a tag and a scalar. */
  readonly scalar?: Code | undefined;
  /** The function that writes a message's fields. */
  readonly message?: Code | undefined;
  /** Whether the message stands between group tags. */
  readonly group?: boolean | undefined;
}

/** What reads the fields of one tag. Exactly one of the optional parts is there. */
export interface CaseView {
  readonly tag: number;
  /** The property that it is read into. */
  readonly access: string;
  /** Whether it may come again right behind itself. */
  readonly repeats: boolean;
  /** Whether it takes several statements, and whether one of them declares something. */
  readonly block: boolean;
  readonly declares: boolean;
  /** Stores one value. */
  readonly single?: ValueReadView | undefined;
  /** A member of a oneof. */
  readonly member?: (ValueReadView & { readonly name: string }) | undefined;
  readonly list?: ValueReadView | undefined;
  /** A packed run of a list; its `scalar` reads all of it, unless there is a guard. */
  readonly packed?: ValueReadView | undefined;
  readonly map?: MapReadView | undefined;
}

/** How one value is read, its tag excluded. */
export interface ValueReadView {
  readonly tag: number;
  /** The function that reads a scalar. */
  readonly scalar?: Code | undefined;
  /** The function that reads a message's fields, up to a length or the end of a group. */
  readonly message?: Code | undefined;
  readonly group: boolean;
  /** A wrapper message whose value is the field's. */
  readonly wrapper: boolean;
  /** The expression of an earlier occurrence, which a message is merged with; empty where each is a message of its own. */
  readonly previous: Code;
  /** The guard of a closed enum, and the tag under which other numbers are kept. */
  readonly guard?: { readonly known: Code; readonly tag: number } | undefined;
}

export interface MapReadView {
  readonly key: EntryReadView;
  readonly value: EntryReadView;
}

export interface EntryReadView {
  readonly tag: number;
  readonly type: Code;
  readonly initial: Code;
  readonly read: ValueReadView;
}

export interface ServiceView {
  readonly doc: string;
  /** The full name as a string literal. */
  readonly fullName: string;
  readonly name: string;
  readonly commandsName: string;
  readonly commandsValue: string;
  readonly proxyName: string;
  readonly handlersName: string;
  /** The type parameter of the handlers. */
  readonly data: string;
  readonly side: "SERVER" | "CLIENT" | "BOTH";
  /** In hex. */
  readonly fingerprint: string;
  /** What peers are told of it, in base64. */
  readonly description: string;
  /** The constant of `ReleaseView`. */
  readonly release: Code;
  readonly commands: readonly CommandView[];
}

export interface CommandView {
  readonly doc: string;
  /** Whether `doc` says that it is deprecated, which editors do not find in comments that an interface has from elsewhere. */
  readonly saysDeprecated: boolean;
  readonly name: string;
  /** `name` as a string literal. */
  readonly method: string;
  /** `package.Service/Command` as a string literal. */
  readonly wireName: string;
  readonly kind: "unary" | "one_way" | "server_stream" | "client_stream" | "bidi_stream";
  /** The method of `Caller`. */
  readonly call: string;
  readonly request: Code;
  readonly requestInit: Code;
  readonly requestType: Code;
  readonly reply: Code;
  readonly replyInit: Code;
  readonly replyType: Code;
  /** The parameter and the result of the proxy's method, and of the handler's. */
  readonly argument: string;
  readonly argumentInit: Code;
  readonly argumentType: Code;
  readonly result: Code;
  readonly context: Code;
  readonly handlerResult: Code;
  readonly timeoutMs: number;
  readonly idleTimeoutMs: number;
  /** 0: as many as the session takes. */
  readonly maxBytes: number;
  readonly deferred: boolean;
  readonly ordered: boolean;
  readonly volatile: boolean;
  readonly critical: boolean;
  /** As a string literal; undefined for the normal class. */
  readonly priority: string | undefined;
  /** The constant of `zserver/blob` that says which of its messages are blobs; undefined for a command without. */
  readonly blob: "takesBlob" | "givesBlob" | "takesAndGivesBlob" | undefined;
  readonly inLane: boolean;
  /** `"DEFLATE"` or `"BROTLI"`, as a literal; undefined for a command whose messages travel as they are. */
  readonly compression: string | undefined;
  /** It, its service or its file is. */
  readonly deprecated: boolean;
  readonly errors: Code;
}
