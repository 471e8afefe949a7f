import type { CustomEndpoint, CustomListener } from "./custom.ts";
import { type MessagePortLike, messagePortTransport } from "./message-port.ts";
import type { Transport } from "./transport.ts";

/** Where `serve` takes sessions in over ports that are handed to it. */
export interface MessagePortListener extends CustomListener {
  /** Takes a port whose other end a client dials through. Throws unless a server listens; the port then stays the caller's. */
  accept(port: MessagePortLike): void;
}

/**
 * An endpoint for `connect` that is reached through a MessagePort.
 *
 * @param open Hands out a port whose other end was given to the server; called for each attempt, since a port serves one connection.
 */
export function messagePortEndpoint(open: () => MessagePortLike | Promise<MessagePortLike>, name = "port"): CustomEndpoint {
  return {
    name,
    dial: async ({ clock }) => messagePortTransport(await open(), { clock, name }),
  };
}

/** For the `listen` of `serve`: `const ports = messagePortListener(); serve({ listen: [ports], … }); ports.accept(port)`. */
export function messagePortListener(name = "port"): MessagePortListener {
  let accepting: ((transport: Transport) => void) | undefined;
  return {
    listen({ accept }) {
      if (accepting !== undefined) throw new Error(`${name}: something listens there already`);
      accepting = accept;
      return {
        endpoints: [],
        async close() {
          accepting = undefined;
        },
      };
    },
    accept(port) {
      if (accepting === undefined) throw new Error(`${name}: no server listens for ports`);
      accepting(messagePortTransport(port, { name }));
    },
  };
}
