import {
  type CommandDescription,
  CommandDescription_Mode as Mode,
  type DetailDescription,
  ServiceDescription,
} from "../../../generated/zserver/protocol/v1/schema.ts";
import { exhausted, malformed } from "../../bytes/fault.ts";
import { decode } from "../codec.ts";
import { ascending, place } from "./checks.ts";
import { type DescriptionLimits, descriptionLimits } from "./description-limits.ts";
import { readFields } from "./read-fields.ts";
import type { CommandShape, ServiceShape } from "./service-shape.ts";

/**
 * Reads a description that a peer sent. Nothing in it is believed: counts are bounded before anything is made of them, places are checked, and what
 * should ascend must, so that nothing is there twice. Throws CommandError INVALID_ARGUMENT for what no correct peer sends, RESOURCE_EXHAUSTED beyond `limits`.
 */
export function readDescription(bytes: Uint8Array, limits: DescriptionLimits = descriptionLimits): ServiceShape {
  bound(bytes.length, limits, "bytes");
  // Every entry takes a byte at least.
  const { name, commands, messages, enums } = decode(ServiceDescription, bytes, { decodeElements: limits.bytes });
  bound(commands.length, limits, "commands");
  bound(
    total(commands, ({ errors }) => errors),
    limits,
    "details",
  );
  bound(messages.length, limits, "messages");
  bound(
    total(messages, ({ numbers }) => numbers),
    limits,
    "fields",
  );
  bound(
    total(enums, ({ numbers }) => numbers),
    limits,
    "enumNumbers",
  );
  const counts = { messages: messages.length, enums: enums.length };
  return {
    name,
    commands: readCommands(commands, messages.length),
    messages: messages.map((message) => readFields(message, counts)),
    enums: enums.map(({ numbers }) => ascending(numbers, "the numbers of an enum")),
  };
}

function bound(count: number, limits: DescriptionLimits, limit: keyof DescriptionLimits): void {
  if (count <= limits[limit]) return;
  exhausted(`description.${limit}`, `a service's description has ${count} ${limit}; ${limits[limit]} are allowed`);
}

function total<T>(holders: readonly T[], held: (holder: T) => readonly unknown[]): number {
  return holders.reduce((sum, holder) => sum + held(holder).length, 0);
}

function readCommands(commands: readonly CommandDescription[], messages: number): ReadonlyMap<string, CommandShape> {
  ascending(
    commands.map(({ name }) => name),
    "the commands of a service",
  );
  return new Map(commands.map((command) => [command.name, readCommand(command, messages)]));
}

function readCommand({ mode, request, reply, errors }: CommandDescription, messages: number): CommandShape {
  if (mode < Mode.UNARY || mode > Mode.BIDI_STREAM) malformed(`a command of mode ${mode}`);
  place(request, messages);
  place(reply, messages);
  return { mode, request, reply, errors: readErrors(errors, messages) };
}

function readErrors(errors: readonly DetailDescription[], messages: number): ReadonlyMap<string, number> {
  ascending(
    errors.map(({ name }) => name),
    "the errors of a command",
  );
  return new Map(errors.map(({ name, message }) => [name, place(message, messages)]));
}
