import { createServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { Server as TlsServer } from "node:tls";
import { SocketGate } from "./socket-gate.ts";
import { authorityOf, bind } from "./bind.ts";
import type { WebSocketEndpoint } from "./endpoint.ts";
import type { Gate, Place } from "./gate.ts";
import type { HttpServer } from "./http-server.ts";
import type { OriginRules } from "./origin.ts";
import { type TlsServerOptions, tlsServerOptions } from "./tls-options.ts";
import type { Listener, Transport } from "./transport.ts";
import type { TrustedProxies } from "./trusted-proxies.ts";
import { refuseUpgrade, type UpgradeHandler, webSocketUpgrades } from "./upgrade.ts";

/** Request line and headers of an upgrade: enough for a browser with some cookies. */
const MAX_HEADER_BYTES = 8 * 1024;
/** How long a client may take to send them. */
const HEADERS_TIMEOUT_MS = 10_000;
/** How often Node looks for clients that took longer. */
const CHECK_INTERVAL_MS = 2_000;

export interface WebSocketListenOptions {
  readonly origins: OriginRules;
  /** Gets each connection whose upgrade went through. Nothing about the client is known yet. */
  readonly accept: (transport: Transport, place?: Place) => void;
  /** Sees each connection first. Default: all may come in. */
  readonly gate?: Gate | undefined;
  /** Who tells where clients are. Default: nobody. */
  readonly proxies?: TrustedProxies | undefined;
  /** Gets what goes wrong while listening, such as running out of file descriptors; listening goes on. */
  readonly onError: (error: Error) => void;
  /** The certificate, for `wss:`. */
  readonly tls?: TlsServerOptions | undefined;
}

/** An http server of the user's own, on which WebSockets are served beside everything else. */
export interface AttachedServer {
  readonly server: HttpServer;
  /** The path of the upgrades that are served, for example `/zserver`. Other upgrades are left to other listeners. */
  readonly path: string;
}

/** Listens with an http or https server of its own. Rejects with an error that names the address when it cannot be had. */
export async function listenWebSocket(endpoint: WebSocketEndpoint, options: WebSocketListenOptions): Promise<Listener> {
  const server =
    endpoint.scheme === "ws"
      ? createServer(httpOptions, tellUpgrade)
      : createHttpsServer({ ...tlsServerOptions(options.tls, endpoint.url), ...httpOptions }, tellUpgrade);
  const sockets = new SocketGate(options.gate, options.proxies);
  sockets.guard(server);
  const upgrade = webSocketUpgrades(options.origins, sockets, options.accept);
  server.on("upgrade", (request, socket, head) => {
    if (pathOf(request.url) === endpoint.path) upgrade(request, socket, head);
    else refuseUpgrade(socket, 404, "Not Found", `nothing is served under this path; the path is ${endpoint.path}`);
  });
  await bind(server, endpoint);
  server.on("error", options.onError);
  return {
    endpoints: [addressOf(server, endpoint.path, endpoint.host)!],
    async close() {
      // The callback of `close` waits for established connections, which live on; the port is free when this returns.
      server.close();
      server.closeAllConnections();
    },
  };
}

const httpOptions = {
  maxHeaderSize: MAX_HEADER_BYTES,
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: HEADERS_TIMEOUT_MS,
  connectionsCheckingInterval: CHECK_INTERVAL_MS,
  handshakeTimeout: HEADERS_TIMEOUT_MS,
};

const tellUpgrade: RequestListener = (_request, response) => {
  response.writeHead(426, { Connection: "close, Upgrade", Upgrade: "websocket", "Content-Type": "text/plain; charset=utf-8" });
  response.end("zserver: this address speaks WebSocket only\n");
};

/** Serves upgrades of one path on the user's server, which the user starts and closes. */
export function attachWebSocket({ server, path }: AttachedServer, options: WebSocketListenOptions): Listener {
  if (!path.startsWith("/") || /[?#]/.test(path))
    throw new TypeError(`\`path\`: ${JSON.stringify(path)} is no path; one looks like "/zserver"`);
  const sockets = new SocketGate(options.gate, options.proxies);
  const upgrade = webSocketUpgrades(options.origins, sockets, options.accept);
  const onUpgrade: UpgradeHandler = (request, socket, head) => {
    if (pathOf(request.url) === path) upgrade(request, socket, head);
    // With a listener for upgrades, Node leaves all of them to listeners: one that nobody takes would stay open for ever.
    else if (server.listenerCount("upgrade") === 1) refuseUpgrade(socket, 404, "Not Found", "nothing is served under this path");
  };
  server.on("upgrade", onUpgrade);
  return {
    get endpoints() {
      const address = addressOf(server, path);
      return address === undefined ? [] : [address];
    },
    async close() {
      server.off("upgrade", onUpgrade);
    },
  };
}

/** Undefined until the server listens. */
function addressOf(server: HttpServer, path: string, configured?: string): string | undefined {
  const authority = authorityOf(server, configured);
  return authority === undefined ? undefined : `${server instanceof TlsServer ? "wss" : "ws"}://${authority}${path}`;
}

function pathOf(url = "/"): string {
  const query = url.indexOf("?");
  return query < 0 ? url : url.slice(0, query);
}
