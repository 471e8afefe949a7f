import type { Log } from "../../command/log.ts";
import type { OwnServices } from "../../command/schema/own-services.ts";
import { decode } from "../../schema/codec.ts";
import type { CommandType } from "../../schema/service-type.ts";
import { broadcastTo, type GroupBroadcast, type LiveSessions } from "../broadcast.ts";
import type { Groups } from "../groups.ts";

/** What this process is made of, for those that it hears of from others. */
interface Seams {
  readonly services: OwnServices;
  readonly log: Log;
}

/**
 * Sends what another process has told to the members that its group has in this one. Processes may be of different builds, as one that died begins again with the program that is
 * on disk by then: what this one cannot send, its members miss.
 */
export function broadcastHere<Data>(
  broadcast: GroupBroadcast,
  sessions: LiveSessions<Data>,
  groups: Groups<Data>,
  { services, log }: Seams,
): void {
  const { group, service: name, command, message, timeoutMs, onFull } = broadcast;
  const members = groups.group(group);
  if (members.size === 0) return;
  const missed = (why: string, error?: unknown): void =>
    log({ level: "error", message: `broadcast: members of group ${group} in this process miss ${command}: ${why}`, error });
  const service = services.get(name)?.service;
  if (service === undefined) {
    missed(`list ${name} in the option \`services\` of \`serve\``);
    return;
  }
  const commands = Object.entries(service.commands as Readonly<Record<string, CommandType>>);
  const [method, type] = commands.find(([, each]) => each.name === command) ?? [];
  if (method === undefined || type?.kind !== "one_way") {
    missed("this process's build has no such one-way command");
    return;
  }
  try {
    const proxy = broadcastTo<Data, unknown, unknown>(sessions, service, members, { onFull });
    const call = (proxy as Readonly<Record<string, (request: unknown, options: { timeoutMs: number }) => void>>)[method]!;
    call.call(proxy, decode(type.request, message), { timeoutMs });
  } catch (error) {
    missed("it cannot be sent here", error);
  }
}
