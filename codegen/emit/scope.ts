import { fingerprintsOf, type SchemaFingerprints } from "../describe/fingerprint.ts";
import type { Enum, File, Message, Schema } from "../model/schema.ts";
import type { Ref } from "./imports.ts";
import { allMessages, type EnumNames, type FileNames, fileNames, type MessageNames } from "./names.ts";

/** Files whose messages `zserver/codec` brings along; no code is written for them. */
export const builtInFiles: ReadonlySet<string> = new Set([
  "google/protobuf/any.proto",
  "google/protobuf/duration.proto",
  "google/protobuf/empty.proto",
  "google/protobuf/field_mask.proto",
  "google/protobuf/struct.proto",
  "google/protobuf/timestamp.proto",
  "google/protobuf/wrappers.proto",
  "zserver/blob.proto",
  "zserver/options.proto",
]);

/** How modules name each other. */
export interface ModuleNaming {
  /** Behind relative imports. */
  readonly importExtension: ".js" | ".ts" | "";
  /** The module of the codecs, as seen from generated code. */
  readonly runtimeImport: string;
  /** The module of blobs, which only code with such commands needs. */
  readonly blobImport: string;
  /** Files that `runtimeImport` exports. */
  readonly builtIn: ReadonlySet<string>;
}

interface Home<Names> {
  readonly file: File;
  readonly names: Names;
}

/** Where every type of a schema is found. One for a schema; {@link FileScope} sees it from one file. */
export class SchemaScope {
  readonly naming: ModuleNaming;
  /** The path of the module that all services share, without an extension. */
  readonly releasePath: string;
  /** The path of the module for servers about older releases, without an extension. */
  readonly releasesPath: string;
  readonly #schema: Schema;
  readonly #names = new Map<File, FileNames>();
  readonly #messages = new Map<string, Home<MessageNames> & { readonly message: Message }>();
  readonly #enums = new Map<string, Home<EnumNames> & { readonly enumeration: Enum }>();

  constructor(schema: Schema, naming: ModuleNaming) {
    this.naming = naming;
    this.#schema = schema;
    const modules = new Set(schema.files.map(({ name }) => modulePath(name)));
    const free = (name: string): string => (modules.has(name) ? free(`${name}$`) : name);
    this.releasePath = free("release");
    this.releasesPath = free("releases");
    for (const file of schema.files) this.#add(file);
  }

  #add(file: File): void {
    const names = fileNames(file);
    this.#names.set(file, names);
    const messages = allMessages(file.messages);
    for (const message of messages) this.#messages.set(message.fullName, { file, message, names: names.messages.get(message.fullName)! });
    for (const enumeration of [...file.enums, ...messages.flatMap((message) => message.enums)]) {
      this.#enums.set(enumeration.fullName, { file, enumeration, names: names.enums.get(enumeration.fullName)! });
    }
  }

  /** Of all services of the schema. */
  get fingerprints(): SchemaFingerprints {
    return fingerprintsOf(this.#schema);
  }

  names(file: File): FileNames {
    return this.#names.get(file)!;
  }

  message(fullName: string): Home<MessageNames> & { readonly message: Message } {
    return this.#messages.get(fullName) ?? missing(fullName);
  }

  enumeration(fullName: string): Home<EnumNames> & { readonly enumeration: Enum } {
    return this.#enums.get(fullName) ?? missing(fullName);
  }
}

function missing(fullName: string): never {
  throw new Error(`The schema refers to ${fullName}, which it does not declare`);
}

/** References as one file's module writes them. */
export class FileScope {
  readonly file: File;
  readonly schema: SchemaScope;

  constructor(file: File, schema: SchemaScope) {
    this.file = file;
    this.schema = schema;
  }

  get names(): FileNames {
    return this.schema.names(this.file);
  }

  /** Whether what a file declares is in the module that is written. */
  protected isHere(home: File): boolean {
    return home === this.file;
  }

  /** Names that no local variable may have. */
  get reserved(): ReadonlySet<string> {
    return this.names.all;
  }

  /** A name that another file's module exports, or this one's own. */
  #ref(home: File, name: string, type: boolean): Ref {
    return { module: this.#module(home), name, type };
  }

  #module(home: File): string {
    if (this.isHere(home)) return "";
    const { naming } = this.schema;
    return naming.builtIn.has(home.name) ? naming.runtimeImport : relativeImport(this.file.name, home.name) + naming.importExtension;
  }

  /** The decoded type of a message, what senders pass for it, or its descriptor. */
  messageRef(fullName: string, part: "type" | "init" | "value"): Ref {
    const { file, names } = this.schema.message(fullName);
    return this.#ref(file, part === "init" ? names.init : names.type, part !== "value");
  }

  /** The function that writes or reads a message: called directly within a file, through the descriptor between files. */
  codec(fullName: string, part: "write" | "read"): Ref | readonly [Ref, string] {
    const { file, names } = this.schema.message(fullName);
    return this.isHere(file) ? this.#ref(file, names[part], false) : [this.#ref(file, names.type, false), `.${part}`];
  }

  enumRef(fullName: string): Ref {
    const { file, names } = this.schema.enumeration(fullName);
    return this.#ref(file, names.type, true);
  }

  enumGuard(fullName: string): Ref {
    const { file, names } = this.schema.enumeration(fullName);
    return this.#ref(file, names.guard, false);
  }

  /** The constant that all services of the schema share. */
  releaseRef(): Ref {
    const { naming, releasePath } = this.schema;
    return { module: relativeImport(this.file.name, releasePath) + naming.importExtension, name: "release", type: false };
  }

  /** The descriptor of an extension of this file. */
  extensionRef(fullName: string): Ref {
    return this.#ref(this.file, this.names.extensions.get(fullName)!.extension, false);
  }
}

/** The path of the module of a file, without an extension. */
export function modulePath(fileName: string): string {
  const path = fileName.replace(/\.proto$/, "");
  if (path.startsWith("/") || path.split(/[\\/]/).includes("..")) throw new Error(`${fileName} lies outside of the folder of schemas`);
  return path;
}

export function relativeImport(from: string, to: string): string {
  const source = modulePath(from).split("/").slice(0, -1);
  const target = modulePath(to).split("/");
  let common = 0;
  while (common < source.length && common < target.length - 1 && source[common] === target[common]) common++;
  const up = source.slice(common).map(() => "..");
  return [...(up.length > 0 ? up : ["."]), ...target.slice(common)].join("/");
}
