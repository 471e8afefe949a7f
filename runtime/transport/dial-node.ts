import { systemClock } from "../time/system-clock.ts";
import { TurnQueue } from "../time/turn-queue.ts";
import { type Dial, dialCustom, dialMemory } from "./dial.ts";
import { dialSocket } from "./socket-node.ts";

/**
 * Connections that a process begins in one turn of the event loop. Thousands of them that are lost together would hold all others up for seconds, and themselves so long that their
 * handshakes take too long and are begun again.
 */
const DIALS_PER_TURN = 16;

const dials = new TurnQueue(systemClock.endOfTurn, DIALS_PER_TURN);

/** Fulfils when it is this one's turn to be begun, or it is not wanted any more. */
const turn = (signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    dials.add(() => {
      resolve();
      return signal?.aborted !== true;
    });
  });

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
      await turn(options.signal);
      return (await webSocket).dialWebSocket(endpoint, options);
    case "tcp":
    case "tls":
    case "unix":
      await turn(options.signal);
      return dialSocket(endpoint, options);
  }
};
