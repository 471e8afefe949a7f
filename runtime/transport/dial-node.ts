import { type Dial, dialCustom, dialMemory } from "./dial.ts";
import { dialSocket } from "./socket-node.ts";

// Loaded by who needs it: ws, and all of Node that it stands on, takes ten megabytes. Once: looking for it again takes as long as a handshake's hashes.
let webSocket: Promise<typeof import("./websocket-node.ts")> | undefined;

/** Dials what Node can. */
export const dial: Dial = async (endpoint, options) => {
  switch (endpoint.scheme) {
    case "memory":
      return dialMemory(endpoint, options);
    case "custom":
      return dialCustom(endpoint, options);
    case "ws":
    case "wss":
      webSocket ??= import("./websocket-node.ts");
      return (await webSocket).dialWebSocket(endpoint, options);
    case "tcp":
    case "tls":
    case "unix":
      return dialSocket(endpoint, options);
  }
};
