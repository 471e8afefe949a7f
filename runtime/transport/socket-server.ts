import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { SocketGate } from "./socket-gate.ts";
import { authorityOf, bind } from "./bind.ts";
import type { SocketEndpoint } from "./endpoint.ts";
import type { Gate, Place } from "./gate.ts";
import { peerName } from "./remote.ts";
import { StreamTransport } from "./stream-transport.ts";
import { type TlsServerOptions, tlsServerOptions } from "./tls-options.ts";
import type { Listener, Transport } from "./transport.ts";
import type { TrustedProxies } from "./trusted-proxies.ts";

const DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS = 10_000;

export interface SocketListenOptions {
  /** Gets each new connection. Nothing about the client is known yet, but for a certificate that `tls.ca` asked for. */
  readonly accept: (transport: Transport, place?: Place) => void;
  /** Sees each connection first. Default: all may come in. */
  readonly gate?: Gate | undefined;
  /** Who tells where clients are. Default: nobody. */
  readonly proxies?: TrustedProxies | undefined;
  /** Gets what goes wrong while listening, such as running out of file descriptors; listening goes on. */
  readonly onError: (error: Error) => void;
  /** The certificate, for `tls:`. */
  readonly tls?: TlsServerOptions | undefined;
  /** How long a client may take over the handshake of TLS, below the one of zserver. Default 10,000. */
  readonly tlsHandshakeTimeoutMs?: number | undefined;
}

/** Listens on a port. Rejects with an error that names the address when it cannot be had. */
export async function listenSocket(endpoint: SocketEndpoint, options: SocketListenOptions): Promise<Listener> {
  const { scheme } = endpoint;
  const sockets = new SocketGate(options.gate, options.proxies);
  const accept = (socket: Socket): void => {
    const arrival = sockets.of(socket);
    if (arrival === undefined) return void socket.destroy();
    sockets.handOver(socket);
    options.accept(new StreamTransport(socket, peerName(scheme, arrival.remote), arrival.remote), arrival.place);
  };
  const server = scheme === "tls" ? tlsServer(endpoint, options, accept) : createServer({ ...socketOptions, pauseOnConnect: true }, accept);
  sockets.guard(server);
  await bind(server, endpoint);
  server.on("error", options.onError);
  return {
    endpoints: [`${scheme}://${authorityOf(server, endpoint.host)!}`],
    async close() {
      // The callback of `close` waits for established connections, which live on; the port is free when this returns.
      server.close();
    },
  };
}

/** Sessions ping by themselves, so that the kernel need not. */
const socketOptions = { allowHalfOpen: true, noDelay: true, keepAlive: false };

function tlsServer(endpoint: SocketEndpoint, options: SocketListenOptions, accept: (socket: Socket) => void): Server {
  const { tls, tlsHandshakeTimeoutMs = DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS } = options;
  const server = createTlsServer(
    { ...tlsServerOptions(tls, endpoint.url), ...socketOptions, handshakeTimeout: tlsHandshakeTimeoutMs },
    accept,
  );
  // Node tells that the time is over, and leaves the socket open.
  return server.on("tlsClientError", (_error, socket) => socket.destroy());
}
