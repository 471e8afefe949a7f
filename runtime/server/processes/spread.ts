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

/** Sends what another process has told to the members that its group has in this one. */
export function broadcastHere<Data>(
  broadcast: GroupBroadcast,
  sessions: LiveSessions<Data>,
  groups: Groups<Data>,
  { services, log }: Seams,
): void {
  const { group, service: name, command, message, timeoutMs, onFull } = broadcast;
  const members = groups.group(group);
  if (members.size === 0) return;
  const service = services.get(name)?.service;
  if (service === undefined) {
    log({
      level: "error",
      message: `broadcast: group ${group} has members in several processes; list ${name} in the option \`services\` of \`serve\``,
    });
    return;
  }
  const [method, type] = Object.entries(service.commands as Readonly<Record<string, CommandType>>).find(
    ([, each]) => each.name === command,
  )!;
  const proxy = broadcastTo<Data, unknown, unknown>(sessions, service, members, { onFull });
  const call = (proxy as Readonly<Record<string, (request: unknown, options: { timeoutMs: number }) => void>>)[method]!;
  call.call(proxy, decode(type.request, message), { timeoutMs });
}
