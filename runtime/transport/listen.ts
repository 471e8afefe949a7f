import type { CustomListener } from "./custom.ts";
import { parseListenEndpoint } from "./endpoint.ts";
import type { MemoryNetwork } from "./memory-network.ts";
import { listenSocket, type SocketListenOptions } from "./socket-server.ts";
import type { Listener } from "./transport.ts";
import { listenUnix, type UnixListenOptions } from "./unix-server.ts";
import type { AttachedServer, WebSocketListenOptions } from "./websocket-server.ts";

/** Loaded by who needs it: node:http, and all that it stands on, takes megabytes. */
const webSockets = (): Promise<typeof import("./websocket-server.ts")> => import("./websocket-server.ts");

/**
 * Loads what listening at all of these takes. To be awaited before the first of them listens: else clients come in there while the next one's is loaded, and meet an
 * application that still waits for its server.
 */
export async function loadListeners(places: readonly (string | AttachedServer | CustomListener)[]): Promise<void> {
  if (places.some((where) => (typeof where === "string" ? /^wss?:/i.test(where) : !("listen" in where)))) await webSockets();
}

export interface ListenOptions extends WebSocketListenOptions, SocketListenOptions, UnixListenOptions {
  /** Where `memory:` endpoints are. */
  readonly memory?: MemoryNetwork | undefined;
}

/**
 * Listens where a user said: at a URL (`ws://[::]:7000/path`, `tcp://[::]:7001`, `unix:/run/game.sock`, `memory:lobby`), on an http server of
 * the user's own, or on whatever else takes connections. Rejects with an error that names the address or the option that is wrong.
 */
export async function listen(where: string | AttachedServer | CustomListener, options: ListenOptions): Promise<Listener> {
  if (typeof where === "object" && where !== null)
    return "listen" in where ? where.listen(options) : (await webSockets()).attachWebSocket(where, options);
  const endpoint = parseListenEndpoint(where);
  switch (endpoint.scheme) {
    case "memory":
      if (options.memory === undefined)
        throw new TypeError(`\`listen\`: ${endpoint.url} needs the option \`memory\`, a network that its clients share`);
      return options.memory.listen(endpoint.name, options.accept);
    case "ws":
    case "wss":
      return (await webSockets()).listenWebSocket(endpoint, options);
    case "tcp":
    case "tls":
      return listenSocket(endpoint, options);
    case "unix":
      return listenUnix(endpoint, options);
  }
}
