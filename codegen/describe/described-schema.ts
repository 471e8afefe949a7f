import type { Enum, Extension, Field, Message, Schema, Service } from "../model/schema.ts";
import { enumsOf, extensionsOf, messagesOf } from "../model/walk.ts";

/** What descriptions are made of: a schema's declarations by full name. */
export class DescribedSchema {
  readonly services: readonly Service[];
  readonly #messages: ReadonlyMap<string, Message>;
  readonly #enums: ReadonlyMap<string, Enum>;
  readonly #extensions = new Map<string, Extension[]>();

  constructor({ files }: Schema) {
    this.services = files.flatMap(({ services }) => services);
    this.#messages = byFullName(files.flatMap((file) => [...messagesOf(file)]));
    this.#enums = byFullName(files.flatMap((file) => [...enumsOf(file)]));
    for (const extension of files.flatMap((file) => [...extensionsOf(file)])) {
      const others = this.#extensions.get(extension.extendee);
      if (others === undefined) this.#extensions.set(extension.extendee, [extension]);
      else others.push(extension);
    }
  }

  message(fullName: string): Message {
    return this.#messages.get(fullName) ?? missing(fullName);
  }

  enumeration(fullName: string): Enum {
    return this.#enums.get(fullName) ?? missing(fullName);
  }

  /** A message's fields and the extensions that the schema has for it: they travel in the same message. */
  fieldsOf(message: Message): readonly Field[] {
    return [...message.fields, ...(this.#extensions.get(message.fullName) ?? [])];
  }
}

function byFullName<T extends { readonly fullName: string }>(elements: readonly T[]): ReadonlyMap<string, T> {
  return new Map(elements.map((element) => [element.fullName, element]));
}

function missing(fullName: string): never {
  throw new Error(`The schema refers to ${fullName}, which it does not declare`);
}
