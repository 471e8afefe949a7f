// The server of a flood.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createIdentity, implement, serve } from "zserver";
import { Lobby } from "../../generated/example/lobby/v1/lobby.ts";
import { answer, type ServerAccount, type ServerConfig, type ServerReady } from "./roles.ts";

/** What the session asks for while the flood comes: as little as possible. */
const lobby = implement(Lobby, {
  join: ({ player }) => ({ players: [player] }),
  say() {},
  match: (_request, context) => context.defer(),
  *history() {},
  import: () => ({ kept: 0 }),
});

let failed: Record<string, number> = {};
const turns = monitorEventLoopDelay({ resolution: 1 });

async function start({ listen, counted }: ServerConfig): Promise<ServerReady> {
  const server = await serve({
    listen: [listen],
    identity: createIdentity(),
    handlers: [lobby],
    ...(counted && { door: { uncounted: [] } }),
  });
  (async () => {
    for await (const event of server.status())
      if (event.type === "connection_failed") failed[event.reason] = (failed[event.reason] ?? 0) + 1;
  })();
  turns.enable();
  return { endpoint: server.endpoints[0]!, serverKey: server.serverKey };
}

function account(): ServerAccount {
  const { max, heapBytes } = { max: turns.max, heapBytes: process.memoryUsage().heapUsed };
  const seen = { failed, heapBytes, longestTurnMs: max / 1e6, slowTurnMs: turns.percentile(99) / 1e6 };
  failed = {};
  turns.reset();
  return seen;
}

answer({ start, account });
