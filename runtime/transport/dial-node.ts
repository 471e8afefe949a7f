import { type Dial, dialMemory } from "./dial.ts";
import { dialWebSocket } from "./websocket-node.ts";

/** Dials what Node can. */
export const dial: Dial = async (endpoint, options) => {
  switch (endpoint.scheme) {
    case "memory":
      return dialMemory(endpoint, options);
    case "ws":
    case "wss":
      return dialWebSocket(endpoint, options);
  }
};
