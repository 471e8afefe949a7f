import { blobSides } from "../model/blob.ts";
import type { Command } from "../model/schema.ts";
import type { Check } from "./rule.ts";
import { commandPairs, type SchemaIndex, servicePairs, shortName, topOf } from "./schema-pair.ts";

export const commandNoDelete: Check = ({ before, after }, report) => {
  for (const { file, element } of before.services.values()) {
    const service = after.services.get(element.fullName)?.element;
    const there = new Set(service?.commands.map(({ name }) => name));
    for (const command of element.commands) {
      if (there.has(command.name)) continue;
      report(service?.position ?? topOf(file.name), `command ${command.fullName} is gone: calls of it fail`);
    }
  }
};

export const commandSameMode: Check = (schemas, report) => {
  for (const { before, after } of commandPairs(schemas)) {
    const [was, is] = [mode(before), mode(after)];
    if (was !== is) report(after.position, `${shortName(after)} was ${was} and is ${is}`);
  }
};

/** How a call of it goes: what is sent, and what comes back when. */
export function mode(command: Command): string {
  const { kind, zserver } = command;
  const blobs = blobSides(command);
  if (blobs?.request) return blobs.reply ? "one that takes and returns a blob" : "one that takes a blob";
  if (blobs?.reply) return "one that returns a blob";
  if (kind === "unary") return zserver.deferred ? "a deferred request" : "a request";
  return kind === "one_way" ? "one-way" : `a ${kind.replace("_", " ").replace("bidi", "bidirectional")}`;
}

export const serviceSameSide: Check = (schemas, report) => {
  for (const { before, after } of servicePairs(schemas)) {
    const [was, is] = [before.zserver.side, after.zserver.side];
    if (was !== is) report(after.position, `service ${after.name} was handled by ${handlers[was]} and is by ${handlers[is]}`);
  }
};

const handlers = { SERVER: "the server", CLIENT: "the client", BOTH: "both sides" } as const;

/** Clients of the release that had it would call another command than they mean. */
export const commandNoReuse: Check = ({ before, after, retired }, report) => {
  const there = new Set(commandsOf(before).map(({ fullName }) => fullName));
  for (const command of commandsOf(after))
    if (retired.has(command.fullName) && !there.has(command.fullName))
      report(command.position, `${shortName(command)} is a name that an earlier release used and a later one gave up`);
};

const commandsOf = ({ services }: SchemaIndex): readonly Command[] => [...services.values()].flatMap(({ element }) => element.commands);
