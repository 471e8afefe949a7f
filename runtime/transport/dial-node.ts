import { type Dial, dialCustom, dialMemory } from "./dial.ts";
import { dialSocket } from "./socket-node.ts";

/** Dials what Node can. */
export const dial: Dial = async (endpoint, options) => {
  switch (endpoint.scheme) {
    case "memory":
      return dialMemory(endpoint, options);
    case "custom":
      return dialCustom(endpoint, options);
    case "ws":
    case "wss":
      // Loaded by who needs it: ws, and all of Node that it stands on, takes ten megabytes.
      return (await import("./websocket-node.ts")).dialWebSocket(endpoint, options);
    case "tcp":
    case "tls":
    case "unix":
      return dialSocket(endpoint, options);
  }
};
