import type { Range } from "../../model/schema.ts";
import type { ResolvedOptions } from "../options/resolved.ts";
import type { Source } from "../source.ts";

/**
 * What the parser makes of one file: declarations as written, with offsets instead of positions and names not yet resolved.
 * `fullName` is set when the file's declarations are entered into the symbol table, without a leading dot.
 */
export interface FileNode {
  readonly kind: "file";
  readonly source: Source;
  syntax: "proto2" | "proto3" | "2023";
  /** Where `syntax` or `edition` begins, if it is there. */
  syntaxAt: number | undefined;
  package: Name | undefined;
  comment: string;
  /** Some of it could not be read. */
  broken: boolean;
  readonly imports: ImportNode[];
  readonly options: OptionNode[];
  resolvedOptions: ResolvedOptions;
  readonly messages: MessageNode[];
  readonly enums: EnumNode[];
  readonly services: ServiceNode[];
  readonly extensions: FieldNode[];
}

/** A name as written: `text` without spaces between its parts, `at` the offset of its first character. */
export interface Name {
  readonly text: string;
  readonly at: number;
}

/** The name of a type; `target` is what it means, set by the linker (never for scalars). */
export interface TypeName extends Name {
  target: MessageNode | EnumNode | undefined;
}

export interface ImportNode {
  readonly file: string;
  readonly at: number;
  readonly public: boolean;
  /** There is no such file. */
  missing: boolean;
}

interface Declaration {
  readonly name: Name;
  fullName: string;
  comment: string;
  readonly options: readonly OptionNode[];
  /** Set by the option interpreter. */
  resolvedOptions: ResolvedOptions;
}

export interface MessageNode extends Declaration {
  readonly kind: "message";
  readonly options: OptionNode[];
  readonly fields: FieldNode[];
  readonly oneofs: OneofNode[];
  readonly messages: MessageNode[];
  readonly enums: EnumNode[];
  readonly extensions: FieldNode[];
  readonly reserved: Reserved;
  readonly extensionRanges: ExtensionRangeNode[];
}

export interface Reserved {
  readonly ranges: RangeNode[];
  readonly names: Name[];
}

export interface RangeNode extends Range {
  readonly at: number;
}

export interface ExtensionRangeNode extends RangeNode {
  /** Written as `max`: `to` is then what the options of the message make of it. */
  readonly open: boolean;
  to: number;
  readonly options: readonly OptionNode[];
  resolvedOptions: ResolvedOptions;
}

export type Label = "optional" | "required" | "repeated";

export interface FieldNode extends Declaration {
  readonly kind: "field";
  readonly label: Label | undefined;
  /** Offset of the label, or of the type where there is none. */
  readonly at: number;
  /** As written; of a map its value's type. */
  readonly type: TypeName;
  readonly mapKey: Name | undefined;
  readonly number: number;
  readonly numberAt: number;
  readonly oneof: OneofNode | undefined;
  /** The message that the field declares along with itself. */
  readonly group: MessageNode | undefined;
  /** The message that an extension extends, as written. */
  readonly extendee: TypeName | undefined;
}

export interface OneofNode extends Declaration {
  readonly kind: "oneof";
  readonly options: OptionNode[];
  readonly fields: FieldNode[];
}

export interface EnumNode extends Declaration {
  readonly kind: "enum";
  readonly options: OptionNode[];
  readonly values: EnumValueNode[];
  readonly reserved: Reserved;
}

export interface EnumValueNode extends Declaration {
  readonly kind: "enum value";
  readonly number: number;
  readonly numberAt: number;
}

export interface ServiceNode extends Declaration {
  readonly kind: "service";
  readonly options: OptionNode[];
  readonly methods: MethodNode[];
}

export interface MethodNode extends Declaration {
  readonly kind: "method";
  readonly request: TypeName;
  readonly response: TypeName;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

/** `a.(b.c).d = value`. */
export interface OptionNode {
  readonly name: readonly OptionNamePart[];
  readonly value: ValueNode;
  readonly at: number;
}

export interface OptionNamePart extends Name {
  /** In parentheses: the name of an extension. */
  readonly extension: boolean;
}

/** The value of an option, as written; what it means depends on the option's type. */
export type ValueNode =
  | { readonly kind: "string" /** As bytes where escapes wrote bytes. */; readonly value: string | Uint8Array; readonly at: number }
  /** `negative` tells -0 from 0; `decimal` is neither hexadecimal nor octal. */
  | { readonly kind: "integer"; readonly value: bigint; readonly negative: boolean; readonly decimal: boolean; readonly at: number }
  | { readonly kind: "float"; readonly value: number; readonly at: number }
  /** `true`, `inf`, the name of an enum value; `negative` with a minus sign before it. */
  | { readonly kind: "identifier"; readonly text: string; readonly negative: boolean; readonly at: number }
  | { readonly kind: "message"; readonly fields: readonly ValueFieldNode[]; readonly at: number }
  | { readonly kind: "list"; readonly items: readonly ValueNode[]; readonly at: number };

export interface ValueFieldNode {
  /** A field's name; in brackets an extension's, or with a slash the URL of an Any's type. */
  readonly name: Name;
  readonly bracketed: boolean;
  readonly value: ValueNode;
}
