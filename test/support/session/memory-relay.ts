import type { CustomEndpoint } from "../../../runtime/transport/custom.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";
import { Interference, type Life } from "./interference.ts";

/** What stands before a server in the same process. */
export class MemoryRelay extends Interference {
  readonly endpoint: CustomEndpoint;
  /** Keeps the process alive, as a socket would. */
  readonly #alive = setInterval(() => {}, 1_000_000);

  /** @param dial opens a transport to the server */
  constructor(dial: () => Promise<Transport>) {
    super();
    this.endpoint = { name: `memory relay ${++relays}`, dial: async () => this.#watched(await dial(), this.newLife()) };
  }

  override async close(): Promise<void> {
    clearInterval(this.#alive);
    await super.close();
  }

  #watched(transport: Transport, life: Life): Transport {
    const end = (): void => {
      this.connections.delete(end);
      transport.destroy();
    };
    this.connections.add(end);
    const cut = (): void => {
      this.kills++;
      end();
    };
    const { start, write } = transport;
    transport.write = (bytes) => {
      if (this.silent || life.over) return true;
      const room = write.call(transport, life.take(bytes));
      // What was written still arrives: closing sends it, where destroying would drop it.
      if (life.over) {
        this.kills++;
        transport.close();
      }
      return room;
    };
    transport.start = (events) =>
      start.call(transport, {
        onDrain: () => events.onDrain(),
        onClose: (close) => {
          this.connections.delete(end);
          events.onClose(close);
        },
        onBytes: (bytes) => {
          if (this.silent || life.over) return;
          events.onBytes(life.take(bytes));
          if (life.over) cut();
        },
      });
    return transport;
  }
}

let relays = 0;
