/** What the template `docs` sees: the schema as somebody who calls it needs to know it. Comments are the schema's own, as Markdown without HTML. */
export interface DocsView {
  readonly packages: readonly PackageDocsView[];
}

export interface PackageDocsView {
  /** Empty where files say none. */
  readonly name: string;
  /** The comments before `syntax`, one for each file that has one. */
  readonly docs: readonly string[];
  readonly services: readonly ServiceDocsView[];
  readonly messages: readonly MessageDocsView[];
  readonly enums: readonly EnumDocsView[];
}

/** What every named element has. */
export interface ElementDocsView {
  readonly name: string;
  /** The full name: where links to it go. */
  readonly anchor: string;
  readonly doc: string;
  readonly deprecated: boolean;
  /** What its comment says about that behind "Deprecated:"; empty when it says nothing. It is not in `doc`. */
  readonly deprecation: string;
  /** The first release in zgen.lock that has it; empty where none has, and where what it lies in is as old. */
  readonly since: string;
}

export interface ServiceDocsView extends ElementDocsView {
  /** `server`, `client`, or `both`. */
  readonly handledBy: string;
  readonly commands: readonly CommandDocsView[];
}

export interface CommandDocsView extends ElementDocsView {
  /** `package.Service/Command`, as it travels. */
  readonly wireName: string;
  /** `request and reply`, `one-way`, `stream of replies`, … */
  readonly kind: string;
  readonly request: TypeDocsView;
  /** Undefined for commands without a reply. */
  readonly reply: TypeDocsView | undefined;
  /** 0: the default of those who call. */
  readonly timeoutMs: number;
  readonly idleTimeoutMs: number;
  /** 0: as many as the session takes. */
  readonly maxBytes: number;
  /** Its request or its reply is a blob, which `maxBytes` is about then. */
  readonly blobs: boolean;
  readonly deferred: boolean;
  readonly ordered: boolean;
  /** Sent once or not at all. */
  readonly volatile: boolean;
  /** Runs also while its side is overloaded. */
  readonly critical: boolean;
  readonly inLane: boolean;
  /** `HIGH` or `BULK`; empty for what is neither. */
  readonly priority: string;
  /** `DEFLATE` or `BROTLI`; empty for what travels as it is. */
  readonly compression: string;
  readonly errors: readonly TypeDocsView[];
}

/** A type as it is shown. */
export interface TypeDocsView {
  readonly text: string;
  /** Where its description is; undefined for scalars and for types that no page describes. */
  readonly anchor: string | undefined;
  readonly stream: boolean;
}

export interface MessageDocsView extends ElementDocsView {
  readonly fields: readonly FieldDocsView[];
}

export interface FieldDocsView extends ElementDocsView {
  readonly number: number;
  /** `repeated`, `optional`, `required`, `map<string, …>` or empty. */
  readonly label: string;
  readonly type: TypeDocsView;
  /** The oneof that it belongs to; empty for none. */
  readonly oneof: string;
}

export interface EnumDocsView extends ElementDocsView {
  readonly values: readonly (ElementDocsView & { readonly number: number })[];
}
