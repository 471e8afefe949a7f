import type { Extension, Field, Message, Schema } from "../model/schema.ts";
import { extensionsOf, messagesOf } from "../model/walk.ts";

/** The kinds of elements that have options, by the name of the message in `google.protobuf` that describes these: `FileOptions` and so on. */
export type OptionHost = "File" | "Message" | "Field" | "Enum" | "EnumValue" | "Service" | "Method";

/** What options are declared as: the model has their values alone, in which a string may be text or the name of an enum's value. */
export class OptionTypes {
  readonly #messages: ReadonlyMap<string, Message>;
  readonly #extensions: ReadonlyMap<string, Extension>;

  /** @param descriptor google/protobuf/descriptor.proto, which few schemas import; the schema's own goes first */
  constructor(descriptor: Schema, schema: Schema) {
    const files = [...descriptor.files, ...schema.files];
    this.#messages = new Map(files.flatMap((file) => [...messagesOf(file)]).map((message) => [message.fullName, message]));
    this.#extensions = new Map(files.flatMap((file) => [...extensionsOf(file)]).map((extension) => [extension.fullName, extension]));
  }

  /** The declaration of an option by its name in the model: `deprecated`, `(acme.limits).depth`. */
  option(host: OptionHost, name: string): Field {
    let message = `google.protobuf.${host}Options`;
    let field: Field | undefined;
    for (const [part, extension] of name.matchAll(/\(([^)]+)\)|[^.()]+/g)) {
      field = extension === undefined ? this.#field(message, part) : this.#extension(extension);
      message = field.value.type;
    }
    return field ?? missing(name);
  }

  /** A field of a message that is an option's value, by its key there: `name`, `[an.extension]`. */
  field(message: string, key: string): Field {
    return key.startsWith("[") ? this.#extension(key.slice(1, -1)) : this.#field(message, key);
  }

  #field(message: string, name: string): Field {
    return this.#messages.get(message)?.fields.find((field) => field.name === name) ?? missing(`${message}.${name}`);
  }

  #extension(fullName: string): Field {
    return this.#extensions.get(fullName) ?? missing(fullName);
  }
}

function missing(name: string): never {
  throw new Error(`The schema sets the option ${name}, which it does not declare`);
}
