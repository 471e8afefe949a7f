import cluster from "node:cluster";
import { checkHandlers } from "./command/check-handlers.ts";
import { checkIdentity } from "./crypto/check-identity.ts";
import { systemRandom } from "./crypto/random.ts";
import { checkOptions } from "./errors/options.ts";
import { ServerProcess } from "./server/processes/server-process.ts";
import { SupervisedServer } from "./server/processes/supervised-server.ts";
import { processesOf } from "./server/processes/supervisor.ts";
import { RunningServer } from "./server/running-server.ts";
import { type ServeOptions, type Server, serveOptionNames } from "./server/server-types.ts";

export type { Audience, Broadcast, BroadcastCallOptions, BroadcastOptions, BroadcastResult } from "./server/broadcast.ts";
export type { EntrancesInit, MoveToOptions, SetEntrancesOptions } from "./server/entrances.ts";
export type { Group } from "./server/groups.ts";
export type { MoveOptions, MoveResult } from "./server/move.ts";
export type { OverloadOptions } from "./server/overload.ts";
export type { HandoverStats, ServeOptions, Server, ServerStats, ServerStatus } from "./server/server-types.ts";

/** Starts a server. Rejects with TypeError for impossible options, with the system's error when an address cannot be had. */
export async function serve<Data = unknown>(options: ServeOptions<Data>): Promise<Server<Data>> {
  checkOptions("serve", options, serveOptionNames);
  checkHandlers("serve", options.handlers);
  checkIdentity("serve", options.identity);
  const processes = processesOf(options);
  if (processes > 1 && cluster.isPrimary) return SupervisedServer.start(options, processes);
  const server = new RunningServer(
    options,
    processes > 1 ? new ServerProcess(options.random ?? systemRandom, options.identity) : undefined,
  );
  await server.start();
  return server;
}
