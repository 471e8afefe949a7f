// A stretch of network between a player and the server that can be cut: bytes go through as they come, sealed as they are.
import { connect, createServer, type Server, type Socket } from "node:net";

export class Relay {
  /** Where a client connects to instead. */
  readonly endpoint: string;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(server: Server, sockets: Set<Socket>, endpoint: string) {
    this.#server = server;
    this.#sockets = sockets;
    this.endpoint = endpoint;
  }

  /** A relay before the server at `ws://host:port/`. */
  static async start(to: string): Promise<Relay> {
    const { hostname, port } = new URL(to);
    const sockets = new Set<Socket>();
    const server = createServer((near) => {
      const far = connect(Number(port), hostname);
      for (const [socket, other] of [[near, far] as const, [far, near] as const]) {
        sockets.add(socket);
        socket.pipe(other);
        socket.on("error", () => {});
        socket.on("close", () => {
          sockets.delete(socket);
          other.destroy();
        });
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (typeof address !== "object" || address === null) throw new Error("the relay has no address");
    return new Relay(server, sockets, `ws://127.0.0.1:${address.port}/`);
  }

  /** Cuts every connection that goes through, wherever its bytes are. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
