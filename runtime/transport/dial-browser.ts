import { type Dial, dialCustom, dialMemory } from "./dial.ts";
import type { Endpoint } from "./endpoint.ts";
import { dialBrowserWebSocket } from "./websocket-browser.ts";

/** The schemes of URLs that {@link dial} can dial. */
export const schemes: ReadonlySet<Endpoint["scheme"]> = new Set(["memory", "ws", "wss"]);

/** Dials what a page or a worker can. */
export const dial: Dial = async (endpoint, options) => {
  if (options.tls !== undefined) throw new TypeError("`tls` is for Node: a browser judges certificates by itself");
  switch (endpoint.scheme) {
    case "memory":
      return dialMemory(endpoint, options);
    case "custom":
      return dialCustom(endpoint, options);
    case "ws":
    case "wss":
      return dialBrowserWebSocket(endpoint, options);
    default:
      throw new TypeError(
        `${endpoint.url}: a browser cannot open ${endpoint.scheme}: addresses; let the server listen on ws: or wss: as well`,
      );
  }
};
