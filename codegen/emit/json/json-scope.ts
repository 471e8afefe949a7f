import type { File } from "../../model/schema.ts";
import type { Code, Ref } from "../imports.ts";
import { FileScope, modulePath, relativeImport, type SchemaScope } from "../scope.ts";
import { type JsonFileNames, jsonFileNames } from "./json-names.ts";

/** Where the JSON of every type of a schema is found. */
export class JsonSchemaScope {
  readonly schema: SchemaScope;
  /** The module of the runtime's part. */
  readonly runtimeImport: string;
  readonly #names = new Map<File, JsonFileNames>();
  readonly #modules: ReadonlySet<string>;

  /** @param files all of the schema's: no module of JSON takes the name of one of theirs */
  constructor(schema: SchemaScope, files: readonly File[], runtimeImport: string) {
    this.schema = schema;
    this.runtimeImport = runtimeImport;
    this.#modules = new Set(files.map(({ name }) => modulePath(name)));
  }

  names(file: File): JsonFileNames {
    const names = this.#names.get(file) ?? jsonFileNames(file, this.schema.names(file));
    this.#names.set(file, names);
    return names;
  }

  /** The path of the module of a file's JSON, without an extension. */
  modulePath(file: File): string {
    let path = `${modulePath(file.name)}.json`;
    while (this.#modules.has(path)) path += "$";
    return path;
  }
}

/** Parameters and variables of generated JSON functions. */
const localNames = ["json", "key", "member", "message", "name", "object", "reader", "value", "writer"];

/** References as the module of one file's JSON writes them: the file's own types are those of another module. */
export class JsonScope extends FileScope {
  readonly json: JsonSchemaScope;
  readonly #reserved: ReadonlySet<string>;

  constructor(file: File, json: JsonSchemaScope) {
    super(file, json.schema);
    this.json = json;
    this.#reserved = new Set([...json.names(file).all, ...localNames]);
  }

  protected override isHere(): boolean {
    return false;
  }

  override get reserved(): ReadonlySet<string> {
    return this.#reserved;
  }

  /** A name of the runtime's part, used as a value. */
  runtime(name: string): Ref {
    return { module: this.json.runtimeImport, name, type: false };
  }

  /** A function of the file, or the runtime's where the file has none. */
  codecName(own: string, fullName: string, part: "write" | "read"): Code {
    return own || this.runtime(`${part}${fullName.slice(fullName.lastIndexOf(".") + 1)}Json`);
  }

  /** The function that writes or reads a message: called directly within a file, through the constant between files. */
  messageJson(fullName: string, part: "write" | "read"): Code {
    const { file } = this.schema.message(fullName);
    return this.#codec(file, this.json.names(file).messages.get(fullName)!, part);
  }

  enumJson(fullName: string, part: "write" | "read"): Code {
    const { file } = this.schema.enumeration(fullName);
    return this.#codec(file, this.json.names(file).enums.get(fullName)!, part);
  }

  #codec(file: File, names: { readonly json: string; readonly write: string; readonly read: string }, part: "write" | "read"): Code {
    if (file === this.file) return names[part] || `${names.json}.${part}`;
    return [{ module: this.#moduleOf(file), name: names.json, type: false }, `.${part}`];
  }

  #moduleOf(file: File): string {
    const { naming } = this.schema;
    if (naming.builtIn.has(file.name)) return this.json.runtimeImport;
    return relativeImport(this.json.modulePath(this.file), this.json.modulePath(file)) + naming.importExtension;
  }
}
