import { exhausted } from "../../bytes/fault.ts";
import { defaultDecodeElements, Reader } from "../../bytes/reader.ts";
import { elementBound } from "../element-bound.ts";
import { decodeRest } from "../codec.ts";
import type { MessageType } from "../message-type.ts";
import { JsonPath } from "./json-path.ts";
import type { ToJsonOptions } from "./options.ts";
import type { TypeRegistry } from "./type-registry.ts";
import type { JsonKey, OpenJsonObject } from "./value.ts";

/** What one conversion to JSON carries along: its options, and where it is. */
export class JsonWriter extends JsonPath {
  readonly alwaysEmitImplicit: boolean;
  readonly enumAsInteger: boolean;
  readonly useProtoFieldName: boolean;
  readonly types: TypeRegistry | undefined;
  #elements: number;

  constructor(options: ToJsonOptions | undefined) {
    super();
    this.alwaysEmitImplicit = options?.alwaysEmitImplicit ?? false;
    this.enumAsInteger = options?.enumAsInteger ?? false;
    this.useProtoFieldName = options?.useProtoFieldName ?? false;
    this.types = options?.types;
    this.#elements = options?.decodeElements ?? defaultDecodeElements;
  }

  /** Begins a message. End it with `ascend`. */
  open(message: object, key: JsonKey): OpenJsonObject {
    if (typeof message !== "object" || message === null) this.fail(key, message, "a message");
    this.descend(key);
    return {};
  }

  /** A required field that is not there. */
  missing(key: JsonKey): never {
    return this.fail(key, undefined, "a value, and the field is required");
  }

  /** Decodes what an `Any` or `$unknown` holds. All of them together may hold as much as one message. */
  decode<T>(type: MessageType<T, never>, bytes: Uint8Array, key: JsonKey): T {
    try {
      return this.#decode(type, bytes);
    } catch (error) {
      throw this.locate(key, error);
    }
  }

  #decode<T>(type: MessageType<T, never>, bytes: Uint8Array): T {
    const reader = new Reader(bytes);
    const budget = elementBound(type.maxElements, this.#elements);
    const message = decodeRest(type, reader, this.#elements);
    this.#elements -= budget - reader.elements;
    if (this.#elements < 0) exhausted("decodeElements", "what the message's Any fields hold has too many objects and entries");
    return message;
  }

  /** Puts out what a message has of the extensions in `types`. */
  extensions(json: OpenJsonObject, unknown: Uint8Array | undefined, extendee: string): void {
    if (unknown === undefined || this.types === undefined) return;
    for (const type of this.types.extensions(extendee)) {
      const { name, field } = type.extension;
      const { value } = this.decode(field, unknown, `[${name}]`);
      if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
      json[`[${name}]`] = type.write(value as never, `[${name}]`, this);
    }
  }
}
