import type { IncomingMessage } from "node:http";
import type { Server, Socket } from "node:net";
import { type Gate, openGate, type Place } from "./gate.ts";
import { PROXY_PREFIX_BYTES, proxiedAddress, proxyRestBytes } from "./proxy-header.ts";
import { remoteOf, type SocketAddresses } from "./remote.ts";
import type { RemoteAddress } from "./transport.ts";
import type { TrustedProxies } from "./trusted-proxies.ts";
import { reset } from "./reset.ts";

/** How long a proxy may take to send its header. */
const PROXY_HEADER_TIMEOUT_MS = 5_000;

/** A connection that was taken in, and what is known of it. */
export interface Arrival {
  /** Where its client is. */
  readonly remote: RemoteAddress;
  readonly place: Place;
}

/** The sockets of a server between the kernel and whoever reads them: a {@link Gate} sees each before anything is made of it. */
export class SocketGate {
  readonly #gate: Gate;
  readonly #proxies: TrustedProxies | undefined;
  /** By the address of the socket's other end, which a TLS socket shares with the one below it. */
  readonly #arrivals = new Map<string, Arrival>();

  /** One for all sockets: a closure for each would be there for as long as its connection. */
  readonly #onClose: (this: Socket) => void;

  constructor(gate: Gate = openGate, proxies?: TrustedProxies) {
    this.#gate = gate;
    this.#proxies = proxies;
    const arrivals = this.#arrivals;
    this.#onClose = function () {
      // A socket that was asked before it ended still knows where its other end was.
      const key = keyOf(this);
      const arrival = arrivals.get(key);
      arrivals.delete(key);
      arrival?.place.leave();
    };
  }

  /** Puts the gate in front of what this server does with its connections. */
  guard(server: Server): void {
    const handlers = server.listeners("connection");
    server.removeAllListeners("connection");
    server.on("connection", (socket) => {
      this.#enter(socket, () => {
        for (const handler of handlers) handler.call(server, socket);
      });
    });
  }

  /** What is known of a socket that came through the gate, or that is above one. Undefined when it has ended. */
  of(socket: SocketAddresses): Arrival | undefined {
    return this.#arrivals.get(keyOf(socket));
  }

  /** Somebody takes the socket over, and its place as well. The gate forgets both: what it knows would be there for as long as a quiet connection. */
  handOver(socket: Socket): void {
    this.#arrivals.delete(keyOf(socket));
    socket.off("close", this.#onClose);
  }

  /** The client that asks for an upgrade. Undefined when it is to be cut, or has ended. A server that is not guarded meets the gate here. */
  ofRequest({ socket, headers }: IncomingMessage): Arrival | undefined {
    const arrival = this.of(socket) ?? this.#arrive(socket, () => socket.destroy());
    if (arrival === undefined || !this.#proxies?.forwards(arrival.remote)) return arrival;
    const client = this.#proxies.clientOf(arrival.remote, String(headers["x-forwarded-for"] ?? ""));
    return client && this.#gate.count(arrival.place, client) ? { remote: client, place: arrival.place } : undefined;
  }

  #enter(socket: Socket, handle: () => void): void {
    const cut = (): void => reset(socket);
    const arrival = this.#arrive(socket, cut);
    if (arrival === undefined) cut();
    else if (this.#proxies?.sendsHeader(arrival.remote)) this.#readHeader(socket, arrival, handle);
    else handle();
  }

  /** Undefined when there is no place for it. Where a proxy will tell the client's address, its own is not counted. */
  #arrive(socket: Socket, cut: () => void): Arrival | undefined {
    const remote = remoteOf(socket);
    const key = keyOf(socket);
    // A port whose other connection is here still, to another address of this machine: one of them would have the other's place.
    if (remote === undefined || this.#arrivals.has(key)) return undefined;
    const told = this.#proxies !== undefined && (this.#proxies.sendsHeader(remote) || this.#proxies.forwards(remote));
    const place = this.#gate.enter(told ? undefined : remote, cut);
    if (place === undefined) return undefined;
    const arrival = { remote, place };
    this.#arrivals.set(key, arrival);
    socket.on("close", this.#onClose);
    return arrival;
  }

  /** What follows the header stays in the socket for whoever reads it next. */
  #readHeader(socket: Socket, { remote, place }: Arrival, handle: () => void): void {
    const give = (client: RemoteAddress): void => {
      const forwarded = this.#proxies!.forwards(client);
      this.#arrivals.set(keyOf(socket), { remote: client, place });
      if (forwarded || this.#gate.count(place, client)) handle();
      else reset(socket);
    };
    let prefix: Buffer | null = null;
    const read = (): void => {
      prefix ??= socket.read(PROXY_PREFIX_BYTES);
      if (prefix === null) return;
      const length = proxyRestBytes(prefix);
      const rest: Buffer | null = length === 0 ? Buffer.alloc(0) : socket.read(length);
      if (rest === null) return;
      stop();
      give(proxiedAddress(prefix, rest) ?? remote);
    };
    const cut = (): void => {
      stop();
      reset(socket);
    };
    const onReadable = (): void => {
      try {
        read();
      } catch {
        cut();
      }
    };
    const timer = setTimeout(cut, PROXY_HEADER_TIMEOUT_MS).unref();
    const stop = (): void => {
      clearTimeout(timer);
      socket.off("readable", onReadable).off("end", cut).off("error", cut).off("close", stop);
    };
    socket.on("readable", onReadable).on("end", cut).on("error", cut).on("close", stop);
  }
}

function keyOf({ remoteAddress, remotePort }: SocketAddresses): string {
  return `${remoteAddress} ${remotePort}`;
}
