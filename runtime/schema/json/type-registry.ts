import type { JsonExtension, JsonType } from "./json-type.ts";

/** Messages and extensions by name: what `google.protobuf.Any` may hold, and what a message in JSON may have beyond its fields. */
export interface TypeRegistry {
  /** @param name the full name, for example `example.lobby.v1.JoinRequest` */
  message(name: string): JsonType<unknown, never> | undefined;
  /** @param name the extension's full name */
  extension(extendee: string, name: string): JsonExtension<unknown, never> | undefined;
  /** All extensions of a message. */
  extensions(extendee: string): Iterable<JsonExtension<unknown, never>>;
}

/**
 * A registry of some messages and extensions, given by the constants of their JSON: `typeRegistry(JoinRequestJson, TimestampJson)`. There is
 * no global one. Throws TypeError for two that have the same name.
 */
export function typeRegistry(...types: readonly (JsonType<unknown, never> | JsonExtension<unknown, never>)[]): TypeRegistry {
  const messages = new Map<string, JsonType<unknown, never>>();
  const extensions = new Map<string, Map<string, JsonExtension<unknown, never>>>();
  for (const type of types) {
    if ("type" in type) {
      add(messages, type.type.name, type);
      continue;
    }
    const { name, extendee } = type.extension;
    const others = extensions.get(extendee.name) ?? new Map<string, JsonExtension<unknown, never>>();
    add(others, name, type);
    extensions.set(extendee.name, others);
  }
  return {
    message: (name) => messages.get(name),
    extension: (extendee, name) => extensions.get(extendee)?.get(name),
    extensions: (extendee) => extensions.get(extendee)?.values() ?? [],
  };
}

function add<T>(types: Map<string, T>, name: string, type: T): void {
  if ((types.get(name) ?? type) !== type) throw new TypeError(`typeRegistry: two different types are called ${name}`);
  types.set(name, type);
}
