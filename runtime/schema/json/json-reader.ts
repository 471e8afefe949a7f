import { concatBytes } from "../../bytes/concat.ts";
import { exhausted } from "../../bytes/fault.ts";
import { defaultDecodeElements } from "../../bytes/reader.ts";
import { elementBound } from "../element-bound.ts";
import { encode } from "../codec.ts";
import { JsonPath } from "./json-path.ts";
import type { FromJsonOptions } from "./options.ts";
import type { TypeRegistry } from "./type-registry.ts";
import type { Draft, Extensible } from "../message-type.ts";
import { asObject, type JsonKey, type JsonObject, type JsonValue } from "./value.ts";

/** What one conversion from JSON carries along: its options, its budget, and where it is. */
export class JsonReader extends JsonPath {
  readonly ignoreUnknownFields: boolean;
  readonly types: TypeRegistry | undefined;
  #elements: number;

  /** @param maxElements the schema's own bound on objects and entries, where it states one */
  constructor(options: FromJsonOptions | undefined, maxElements: number | undefined) {
    super();
    this.ignoreUnknownFields = options?.ignoreUnknownFields ?? false;
    this.types = options?.types;
    // The message itself is no element of it.
    this.#elements = 1 + elementBound(maxElements, options?.decodeElements ?? defaultDecodeElements);
  }

  /** Counts an object, or a list or map entry. */
  element(): void {
    if (--this.#elements < 0) exhausted("decodeElements", "the JSON holds too many objects and entries");
  }

  /** Begins a message and returns its members. End it with `ascend`. */
  open(json: JsonValue, key: JsonKey): JsonObject {
    const object = asObject(json);
    if (object === undefined) return this.fail(key, json, "an object");
    // Whoever reads a list has counted its entries.
    if (typeof key === "string") this.element();
    this.descend(key);
    return object;
  }

  /** The names of a message's members. A method, since a schema may have a message called `Object`. */
  names(object: JsonObject): string[] {
    return Object.keys(object);
  }

  /** A member that the schema does not know. */
  unknown(name: string): void {
    if (!this.ignoreUnknownFields)
      this.refuse(name, "no such field in the schema, or no such extension in options.types; ignoreUnknownFields: true passes over it");
  }

  /**
   * A member that is no field of a message that may have extensions.
   *
   * @param kept encoded extensions that were read before
   */
  extension(name: string, json: JsonValue, extendee: string, message: Draft<Extensible>): void {
    const type = name.startsWith("[") && name.endsWith("]") ? this.types?.extension(extendee, name.slice(1, -1)) : undefined;
    if (type === undefined) {
      this.unknown(name);
      return;
    }
    const value = type.read(json, name, this);
    if (value === undefined) return;
    const bytes = encode(type.extension.field, { value });
    message.$unknown = message.$unknown === undefined ? bytes : concatBytes(message.$unknown, bytes);
  }

  /** A field with two names may have only one of them. */
  alias(object: JsonObject, name: string, jsonName: string): void {
    if (name !== jsonName && Object.hasOwn(object, jsonName))
      this.refuse(name, `the same field is given as ${JSON.stringify(jsonName)} too`);
  }

  /** A oneof may have only one of its fields. */
  once(choice: object | undefined, name: string): void {
    if (choice !== undefined) this.refuse(name, "another field of the same oneof is given too");
  }

  /** A oneof with the field that was read; undefined where that was passed over. */
  choice<Case, T>(name: Case, value: T | undefined): { readonly case: Case; readonly value: T } | undefined {
    return value === undefined ? undefined : { case: name, value };
  }

  /** A required field that is not there. */
  missing(name: string): never {
    return this.refuse(name, "the field is required and not there");
  }
}
