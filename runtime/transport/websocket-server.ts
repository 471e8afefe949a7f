import { createServer, type Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Server as TlsServer } from "node:tls";
import type { WebSocketEndpoint } from "./endpoint.ts";
import type { OriginRules } from "./origin.ts";
import type { Listener, Transport } from "./transport.ts";
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
  readonly accept: (transport: Transport) => void;
  /** Gets what goes wrong while listening, such as running out of file descriptors; listening goes on. */
  readonly onError: (error: Error) => void;
}

/** An http server of the user's own, on which WebSockets are served beside everything else. */
export interface AttachedServer {
  readonly server: HttpServer | HttpsServer;
  /** The path of the upgrades that are served, for example `/zserver`. Other upgrades are left to other listeners. */
  readonly path: string;
}

/**
 * Listens with an http server of its own. `[::]` takes IPv4 as well, and means `0.0.0.0` on a machine without IPv6.
 * Rejects with an error that names the address when it cannot be had.
 */
export async function listenWebSocket(endpoint: WebSocketEndpoint, options: WebSocketListenOptions): Promise<Listener> {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
    },
    (_request, response) => {
      response.writeHead(426, { Connection: "close, Upgrade", Upgrade: "websocket", "Content-Type": "text/plain; charset=utf-8" });
      response.end("zserver: this address speaks WebSocket only\n");
    },
  );
  const upgrade = webSocketUpgrades(options.origins, options.accept);
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

/** Serves upgrades of one path on the user's server, which the user starts and closes. */
export function attachWebSocket({ server, path }: AttachedServer, options: WebSocketListenOptions): Listener {
  if (!path.startsWith("/") || /[?#]/.test(path))
    throw new TypeError(`\`path\`: ${JSON.stringify(path)} is no path; one looks like "/zserver"`);
  const upgrade = webSocketUpgrades(options.origins, options.accept);
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

async function bind(server: HttpServer, { host, port, url }: WebSocketEndpoint): Promise<void> {
  const attempt = (address: string): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: address, port }, () => {
        server.off("error", reject);
        resolve();
      });
    });
  try {
    await attempt(host).catch((error: NodeJS.ErrnoException) => {
      if (host === "::" && (error.code === "EAFNOSUPPORT" || error.code === "EADDRNOTAVAIL")) return attempt("0.0.0.0");
      throw error;
    });
  } catch (cause) {
    throw new Error(`\`listen\`: cannot listen on ${url}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Where the server is reached, undefined until it listens. All addresses of a machine are told as `localhost`, and a name as it was configured.
 */
function addressOf(server: HttpServer | HttpsServer, path: string, configured?: string): string | undefined {
  const bound = server.address() as AddressInfo | string | null;
  if (bound === null || typeof bound === "string") return undefined;
  const { address, family, port } = bound;
  const any = address === "::" || address === "0.0.0.0";
  const numeric = family === "IPv6" ? `[${address}]` : address;
  const named = configured !== undefined && !/^[\d.]+$|:/.test(configured);
  const host = any ? "localhost" : named ? configured : numeric;
  return `${server instanceof TlsServer ? "wss" : "ws"}://${host}:${port}${path}`;
}

function pathOf(url = "/"): string {
  const query = url.indexOf("?");
  return query < 0 ? url : url.slice(0, query);
}
