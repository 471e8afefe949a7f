import { connect, createServer, type Server, type Socket } from "node:net";

/** A dumb TCP relay in front of a server on this machine, which a test makes fail. */
export class Relay {
  readonly #target: number;
  readonly #listener: Server;
  readonly #sockets = new Set<Socket>();
  #silent = false;
  /** Connections that were killed. */
  kills = 0;
  /** How many bytes, both directions together, the next connection lives; undefined: it is not killed. */
  nextLife: () => number | undefined = () => undefined;

  constructor(target: number) {
    this.#target = target;
    this.#listener = createServer({ noDelay: true }, (client) => this.#relay(client));
  }

  static async to(url: string): Promise<Relay> {
    const relay = new Relay(Number(new URL(url).port));
    await new Promise<void>((resolve) => relay.#listener.listen(0, "127.0.0.1", resolve));
    return relay;
  }

  get port(): number {
    return (this.#listener.address() as { readonly port: number }).port;
  }

  /** From here on nothing is forwarded and nothing ends: packets are dropped. */
  silence(): void {
    this.#silent = true;
  }

  /** Ends every connection at once. */
  kill(): void {
    this.kills++;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#listener.close(resolve));
  }

  #relay(client: Socket): void {
    const server = connect({ port: this.#target, host: "127.0.0.1", noDelay: true });
    let left = this.nextLife() ?? Number.POSITIVE_INFINITY;
    const end = (): void => {
      for (const socket of [client, server]) {
        socket.destroy();
        this.#sockets.delete(socket);
      }
    };
    const forward = (from: Socket, to: Socket): void => {
      this.#sockets.add(from);
      from.on("error", end).on("close", end);
      from.on("data", (bytes: Buffer) => {
        if (this.#silent || left === 0) return;
        const part = bytes.subarray(0, Math.min(left, bytes.length));
        left -= part.length;
        to.write(part);
        if (left > 0) return;
        this.kills++;
        // What was forwarded still arrives, so that the position of the cut is exact.
        to.end(() => end());
      });
    };
    forward(client, server);
    forward(server, client);
  }
}
