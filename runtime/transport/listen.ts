import { parseListenEndpoint } from "./endpoint.ts";
import type { MemoryNetwork } from "./memory-network.ts";
import type { Listener } from "./transport.ts";
import { type AttachedServer, attachWebSocket, listenWebSocket, type WebSocketListenOptions } from "./websocket-server.ts";

export interface ListenOptions extends WebSocketListenOptions {
  /** Where `memory:` endpoints are. */
  readonly memory?: MemoryNetwork | undefined;
}

/**
 * Listens where a user said: at a URL (`ws://[::]:7000/path`, `memory:lobby`), or on an http server of the user's own.
 * Rejects with an error that names the address or the option that is wrong.
 */
export async function listen(where: string | AttachedServer, options: ListenOptions): Promise<Listener> {
  if (typeof where !== "string") return attachWebSocket(where, options);
  const endpoint = parseListenEndpoint(where);
  switch (endpoint.scheme) {
    case "memory":
      if (options.memory === undefined)
        throw new TypeError(`\`listen\`: ${endpoint.url} needs the option \`memory\`, a network that its clients share`);
      return options.memory.listen(endpoint.name, options.accept);
    case "ws":
    case "wss":
      return listenWebSocket(endpoint, options);
  }
}
