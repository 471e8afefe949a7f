import { defaultJsonName } from "../../model/json-name.ts";
import type { Command, Element, Enum, Extension, Field, Message, Schema, Service, ValueType } from "../../model/schema.ts";
import { enumsOf, extensionsOf, messagesOf } from "../../model/walk.ts";

/** The kinds of elements that people who write against a schema know. */
export type DeclaredKind = "service" | "command" | "message" | "field" | "extension" | "enum" | "enum value";

/** Something that a schema declares, with all that says whether it is still the same. */
export interface Declared {
  readonly kind: DeclaredKind;
  readonly element: Element;
  /** What it is, in schema words; empty where the name says all. */
  readonly shape: string;
  /** The key of what it lies in, if what happens to that happens to it. */
  readonly within: string | undefined;
}

/** All that the files which were asked for declare, by a key that stays when a name changes: fields are known by their numbers. */
export function declaredIn({ files }: Schema): ReadonlyMap<string, Declared> {
  const all = new Map<string, Declared>();
  const enter = (key: string, kind: DeclaredKind, element: Element, shape: string, within?: string): string => {
    all.set(key, { kind, element, shape, within });
    return key;
  };
  for (const file of files.filter(({ requested }) => requested)) {
    for (const service of file.services) {
      enter(`service ${service.fullName}`, "service", service, serviceShape(service));
      for (const command of service.commands) enter(`command ${command.fullName}`, "command", command, commandShape(command));
    }
    for (const message of messagesOf(file)) {
      const key = enter(`message ${message.fullName}`, "message", message, messageShape(message));
      for (const field of message.fields) enter(`field ${message.fullName} ${field.number}`, "field", field, fieldShape(field), key);
    }
    for (const extension of extensionsOf(file)) enter(`extension ${extension.fullName}`, "extension", extension, extensionShape(extension));
    for (const each of enumsOf(file)) {
      const key = enter(`enum ${each.fullName}`, "enum", each, enumShape(each));
      for (const value of each.values)
        enter(
          `value ${each.fullName} ${value.name}`,
          "enum value",
          { ...value, fullName: `${each.fullName}.${value.name}` },
          `${value.number}`,
          key,
        );
    }
  }
  return all;
}

const words = (...parts: readonly (string | false | undefined)[]): string => parts.filter(Boolean).join(", ");

const serviceShape = ({ zserver: { side, ordered, critical } }: Service): string =>
  words(`handled by ${side}`, ordered && "ordered", critical && "critical");

function commandShape({ request, requestStream, response, responseStream, idempotency, zserver }: Command): string {
  const stream = (type: string, isStream: boolean): string => (isStream ? `stream ${type}` : type);
  return words(
    `(${stream(request, requestStream)}) returns (${stream(response, responseStream)})`,
    zserver.timeoutMs > 0 && `timeout_ms ${zserver.timeoutMs}`,
    zserver.idleTimeoutMs > 0 && `idle_timeout_ms ${zserver.idleTimeoutMs}`,
    zserver.maxBytes > 0 && `max_bytes ${zserver.maxBytes}`,
    zserver.errors.length > 0 && `errors ${zserver.errors.join(" ")}`,
    zserver.deferred && "deferred",
    zserver.ordered && "ordered",
    zserver.critical && "critical",
    zserver.delivery === "VOLATILE" && "volatile",
    idempotency !== "UNKNOWN" && idempotency,
  );
}

const messageShape = ({ zserver: { maxElements } }: Message): string => words(maxElements > 0 && `max_elements ${maxElements}`);

const enumShape = ({ closed }: Enum): string => (closed ? "closed" : "open");

const extensionShape = (extension: Extension): string => words(`of ${extension.extendee}`, fieldShape(extension));

function fieldShape(field: Field): string {
  const { name, number, jsonName, oneof, defaultValue, mapKey, cardinality, presence } = field;
  const type = mapKey === undefined ? valueShape(field.value) : `map<${mapKey}, ${valueShape(field.value)}>`;
  return words(
    `${cardinality === "repeated" ? "repeated " : presence === "implicit" ? "" : `${presence} `}${type} ${name} = ${number}`,
    oneof !== undefined && `in oneof ${oneof}`,
    defaultValue !== undefined && `default ${String(defaultValue)}`,
    jsonName !== defaultJsonName(name) && `JSON name ${jsonName}`,
  );
}

function valueShape(value: ValueType): string {
  return value.kind === "message" && value.delimited ? `group ${value.type}` : value.type;
}
