import type { Server, Socket } from "node:net";
import { type Gate, openGate, type Place } from "./gate.ts";
import { remoteOf, type SocketAddresses } from "./remote.ts";
import type { RemoteAddress } from "./transport.ts";

/** A connection that was taken in, and what is known of it. */
export interface Arrival {
  /** Where its client is. */
  readonly remote: RemoteAddress | undefined;
  readonly place: Place;
}

/** The sockets of one listening server between the kernel and whoever reads them: a {@link Gate} sees each before anything is made of it. */
export class SocketGate {
  readonly #gate: Gate;
  /** By the address of the socket's other end, which a TLS socket shares with the one below it. */
  readonly #sockets = new Map<string, Arrival>();

  constructor(gate: Gate = openGate) {
    this.#gate = gate;
  }

  /** Puts the gate in front of what this server does with its connections. */
  guard(server: Server): void {
    const handlers = server.listeners("connection");
    server.removeAllListeners("connection");
    server.on("connection", (socket) => {
      if (this.#enter(socket)) for (const handler of handlers) handler.call(server, socket);
    });
  }

  /** What is known of a socket that this server took in, or that is above one. Undefined when it has ended. */
  of(socket: SocketAddresses): Arrival | undefined {
    return this.#sockets.get(keyOf(socket));
  }

  #enter(socket: Socket): boolean {
    const remote = remoteOf(socket);
    const cut = (): void => void socket.resetAndDestroy();
    const place = remote && this.#gate.enter(remote, cut);
    if (place === undefined) {
      cut();
      return false;
    }
    const key = keyOf(socket);
    this.#sockets.set(key, { remote, place });
    socket.on("close", () => {
      this.#sockets.delete(key);
      place.leave();
    });
    return true;
  }
}

function keyOf({ remoteAddress, remotePort }: SocketAddresses): string {
  return `${remoteAddress} ${remotePort}`;
}
