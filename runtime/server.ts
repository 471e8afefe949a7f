import { checkOptions } from "./errors/options.ts";
import { RunningServer } from "./server/running-server.ts";
import { type ServeOptions, type Server, serveOptionNames } from "./server/server-types.ts";

export type { Audience, Broadcast, BroadcastCallOptions, BroadcastOptions, BroadcastResult } from "./server/broadcast.ts";
export type { Group } from "./server/groups.ts";
export type { EntrancesInit, MoveToOptions, SetEntrancesOptions } from "./server/entrances.ts";
export type { MoveOptions, MoveResult } from "./server/move.ts";
export type { OverloadOptions } from "./server/overload.ts";
export type { ServeOptions, Server, ServerStats, ServerStatus } from "./server/server-types.ts";

/** Starts a server. Rejects with TypeError for impossible options, with the system's error when an address cannot be had. */
export async function serve<Data = unknown>(options: ServeOptions<Data>): Promise<Server<Data>> {
  checkOptions("serve", options, serveOptionNames);
  const server = new RunningServer(options);
  await server.start();
  return server;
}
