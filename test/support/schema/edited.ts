import { createHash } from "node:crypto";
import {
  type CommandDescription,
  CommandDescription_Mode as Mode,
  Cardinality,
  FieldType,
  type MessageDescription,
  ServiceDescription,
  type ServiceDescriptionInit,
} from "../../../generated/zserver/protocol/v1/schema.ts";
import { decodeBase64, encodeBase64 } from "../../../runtime/bytes/base64.ts";
import { decode, encode } from "../../../runtime/schema/codec.ts";
import type { ReleasedSchema } from "../../../runtime/schema/released-schema.ts";
import { type SchemaRelease, type ServiceType, serviceInfo } from "../../../runtime/schema/service-type.ts";

const hex = (bytes: Uint8Array, length: number): string =>
  createHash("sha256")
    .update(bytes)
    .digest("hex")
    .slice(0, 2 * length);

/** The same service under another description: to its peers it is another version. Its codecs stay as they are. */
export function edited<Proxy, Commands>(
  service: ServiceType<Proxy, Commands>,
  version: string,
  edit: (description: ServiceDescription) => ServiceDescriptionInit,
): ServiceType<Proxy, Commands> {
  const info = service[serviceInfo];
  const bytes = encode(ServiceDescription, edit(descriptionOf(service)));
  const release: SchemaRelease = { root: hex(new TextEncoder().encode(`${version} ${hex(bytes, 8)}`), 16), version };
  const schema = { fingerprint: hex(bytes, 8), description: encodeBase64(bytes), release };
  return { commands: service.commands, [serviceInfo]: { ...info, schema } };
}

export function descriptionOf(service: ServiceType): ServiceDescription {
  return decode(ServiceDescription, descriptionBytes(service));
}

export function descriptionBytes(service: ServiceType): Uint8Array {
  return decodeBase64(service[serviceInfo].schema.description)!;
}

/** The field of this number of a command's request has another type. */
export function retyped(command: string, number: number, type: FieldType): (description: ServiceDescription) => ServiceDescriptionInit {
  return (description) => {
    const { request } = description.commands.find(({ name }) => name === command)!;
    const { messages } = description;
    const change = (message: MessageDescription): MessageDescription => ({
      ...message,
      types: message.types.map((old, index) => (message.numbers[index] === number ? type : old)),
    });
    // A copy, for other commands may have the same message.
    const commands = description.commands.map(
      (each): CommandDescription => (each.name === command ? { ...each, request: messages.length } : each),
    );
    return { ...description, commands, messages: [...messages, change(messages[request]!)] };
  };
}

/** Without a command. */
export function without(command: string): (description: ServiceDescription) => ServiceDescriptionInit {
  return (description) => ({ ...description, commands: description.commands.filter(({ name }) => name !== command) });
}

/** So many more commands, each with two messages of ten fields of its own. */
export function larger(commands: number): (description: ServiceDescription) => ServiceDescriptionInit {
  return (description) => {
    const first = description.messages.length;
    const more = Array.from({ length: commands }, (_, index) => ({
      name: `${"Zz"}Command${String(index).padStart(4, "0")}`,
      mode: Mode.UNARY,
      request: first + 2 * index,
      reply: first + 2 * index + 1,
    }));
    const message = (index: number): { numbers: number[]; types: FieldType[]; cardinalities: Cardinality[] } => {
      const numbers = Array.from({ length: 10 }, (_, field) => field + 1 + (index % 3));
      const types = numbers.map((number) => [FieldType.STRING, FieldType.UINT32, FieldType.BOOL, FieldType.INT64][(number + index) % 4]!);
      return {
        numbers,
        types,
        cardinalities: numbers.map((number) => ((number + index) % 5 === 0 ? Cardinality.REPEATED : Cardinality.IMPLICIT)),
      };
    };
    const messages = Array.from({ length: 2 * commands }, (_, index) => message(index));
    return { ...description, commands: [...description.commands, ...more], messages: [...description.messages, ...messages] };
  };
}

/** What a lock keeps of a service. */
export function released(...services: readonly ServiceType[]): ReleasedSchema {
  const schemas = services.map((service) => service[serviceInfo].schema);
  return { release: schemas[0]!.release, services: schemas };
}

/** The same service from a schema with the root fingerprint 00 to 0f, whatever else is in its schema: for examples. */
export function rooted<Proxy, Commands>(service: ServiceType<Proxy, Commands>): ServiceType<Proxy, Commands> {
  const info = service[serviceInfo];
  const schema = { ...info.schema, release: { root: "000102030405060708090a0b0c0d0e0f", version: "" } };
  return { commands: service.commands, [serviceInfo]: { ...info, schema } };
}
