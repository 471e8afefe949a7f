import { CommandDescription_Mode as Mode } from "../../generated/zserver/protocol/v1/schema.ts";
import type {
  CommandDescriptionInit,
  DetailDescriptionInit,
  MessageDescriptionInit,
  ServiceDescriptionInit,
} from "../../generated/zserver/protocol/v1/schema.ts";
import type { Command, Message, Service } from "../model/schema.ts";
import type { DescribedSchema } from "./described-schema.ts";
import { describeFields } from "./describe-fields.ts";
import { Mentions } from "./mentions.ts";

/** What peers are told of a service. docs/PROTOCOL.md, "Schema descriptions". */
export interface DescribedService {
  readonly description: ServiceDescriptionInit;
  /** What the description's messages are descriptions of, in the same order. */
  readonly messages: readonly Message[];
}

const modes: Readonly<Record<Command["kind"], Mode>> = {
  unary: Mode.UNARY,
  one_way: Mode.ONE_WAY,
  server_stream: Mode.SERVER_STREAM,
  client_stream: Mode.CLIENT_STREAM,
  bidi_stream: Mode.BIDI_STREAM,
};

/** Describes a service of a schema: the same declarations in any order and in any files give the same description. */
export function describeService(service: Service, schema: DescribedSchema): DescribedService {
  const mentions = new Mentions(schema);
  const commands = [...service.commands].sort(byName).map((command) => describeCommand(command, mentions));
  const messages: MessageDescriptionInit[] = [];
  // The list grows while it is walked through: a message's fields mention others.
  for (const message of mentions.messages) messages.push(describeFields(schema.fieldsOf(message), mentions));
  const enums = mentions.enums.map(({ values }) => ({ numbers: [...new Set(values.map(({ number }) => number))].sort((a, b) => a - b) }));
  return { description: { name: service.fullName, commands, messages, enums }, messages: mentions.messages };
}

/** By code units, which is by bytes: identifiers are ASCII. */
export function byName({ name: a }: { readonly name: string }, { name: b }: { readonly name: string }): number {
  return a < b ? -1 : Number(a > b);
}

function describeCommand({ name, kind, request, response, zserver }: Command, mentions: Mentions): CommandDescriptionInit {
  return {
    name,
    mode: modes[kind],
    request: mentions.message(request),
    reply: mentions.message(response),
    errors: describeErrors(zserver.errors, mentions),
  };
}

function describeErrors(errors: readonly string[], mentions: Mentions): readonly DetailDescriptionInit[] {
  return [...new Set(errors)].sort().map((name) => ({ name, message: mentions.message(name) }));
}
