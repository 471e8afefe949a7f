import { type MemoryPipeOptions, memoryPipe } from "./memory.ts";
import type { Listener, Transport } from "./transport.ts";

/** Names under which servers of one process are reached as `memory:NAME`. Two networks know nothing of each other. */
export interface MemoryNetwork {
  /** Throws when the name is taken. `accept` is called at the end of the turn in which a client dialled. */
  listen(name: string, accept: (transport: Transport) => void): Listener;
  /** Rejects when nobody listens. */
  dial(name: string): Promise<Transport>;
}

/** For tests, and for a client and a server that live in one process. */
export function memoryNetwork(options: Omit<MemoryPipeOptions, "name">): MemoryNetwork {
  const listeners = new Map<string, (transport: Transport) => void>();
  return {
    listen(name, accept) {
      if (listeners.has(name)) throw new Error(`memory:${name} is taken: something listens there already`);
      listeners.set(name, accept);
      const close = async (): Promise<void> => {
        if (listeners.get(name) === accept) listeners.delete(name);
      };
      return { endpoints: [`memory:${name}`], close };
    },
    dial(name) {
      return new Promise((resolve, reject) => {
        options.clock.endOfTurn(() => {
          const accept = listeners.get(name);
          if (accept === undefined) return reject(new Error(`nobody listens on memory:${name}`));
          const [client, server] = memoryPipe({ ...options, name: `memory:${name}` });
          accept(server);
          resolve(client);
        });
      });
    },
  };
}
