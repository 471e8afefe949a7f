import { connect, createServer, type NetConnectOpts, type Server, type Socket } from "node:net";
import { reset as cut } from "../../../runtime/transport/reset.ts";
import { Interference } from "./interference.ts";

/** A dumb relay in front of a server on this machine, for whatever travels over TCP or unix sockets: it knows of bytes only. */
export class SocketRelay extends Interference {
  readonly #target: NetConnectOpts;
  readonly #listener: Server;
  readonly #endpointOf: (relay: SocketRelay) => string;

  constructor(target: NetConnectOpts, endpointOf: (relay: SocketRelay) => string) {
    super();
    this.#target = target;
    this.#endpointOf = endpointOf;
    this.#listener = createServer({ noDelay: true }, (client) => this.#relay(client));
  }

  /** In front of a server at a URL: on a port of its own, or on a unix socket beside the server's. */
  static async to(url: string): Promise<SocketRelay> {
    const path = url.startsWith("unix:") ? url.slice("unix:".length) : undefined;
    if (path !== undefined) {
      const own = `${path}.${relays++}`;
      return new SocketRelay({ path }, () => `unix:${own}`).#listen({ path: own });
    }
    const { protocol, port, pathname } = new URL(url);
    const target = { port: Number(port), host: "127.0.0.1", noDelay: true };
    const endpointOf = (relay: SocketRelay): string => `${protocol}//127.0.0.1:${relay.port}${pathname}`;
    return new SocketRelay(target, endpointOf).#listen({ port: 0, host: "127.0.0.1" });
  }

  get endpoint(): string {
    return this.#endpointOf(this);
  }

  get port(): number {
    return (this.#listener.address() as { readonly port: number }).port;
  }

  override async close(): Promise<void> {
    await super.close();
    await new Promise((resolve) => this.#listener.close(resolve));
  }

  async #listen(where: { readonly port: number; readonly host: string } | { readonly path: string }): Promise<this> {
    await new Promise<void>((resolve) => this.#listener.listen(where, resolve));
    return this;
  }

  #relay(client: Socket): void {
    const server = connect(this.#target);
    const life = this.newLife();
    const end = (): void => {
      this.connections.delete(end);
      for (const socket of [client, server]) reset(socket);
    };
    this.connections.add(end);
    const forward = (from: Socket, to: Socket): void => {
      from.on("error", end).on("close", end);
      from.on("data", (bytes: Buffer) => {
        if (this.silent || life.over) return;
        to.write(life.take(bytes));
        if (!life.over) return;
        this.kills++;
        // What was forwarded still arrives, so that the position of the cut is exact.
        to.end(() => {
          this.connections.delete(end);
          for (const socket of [client, server]) socket.destroy();
        });
      });
    };
    forward(client, server);
    forward(server, client);
  }
}

let relays = 0;

/** As when a host vanishes: where there is no reset, as on unix sockets, nothing but the end is told. */
function reset(socket: Socket): void {
  if (socket.remoteAddress === undefined) socket.destroy();
  else cut(socket);
}
