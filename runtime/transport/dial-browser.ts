import { type Dial, dialMemory } from "./dial.ts";
import { dialBrowserWebSocket } from "./websocket-browser.ts";

/** Dials what a page or a worker can. */
export const dial: Dial = async (endpoint, options) => {
  switch (endpoint.scheme) {
    case "memory":
      return dialMemory(endpoint, options);
    case "ws":
    case "wss":
      return dialBrowserWebSocket(endpoint, options);
  }
};
