import { chmod } from "node:fs/promises";
import { createServer, type ListenOptions, type Server } from "node:net";
import { isMainThread } from "node:worker_threads";
import { startListening } from "./bind.ts";
import type { UnixEndpoint } from "./endpoint.ts";
import { StreamTransport } from "./stream-transport.ts";
import type { Place } from "./gate.ts";
import type { Listener, Transport } from "./transport.ts";
import { checkUnixPath, isWindows, removeStale } from "./unix-path.ts";

/** Read and write for the user of this process, nothing for anybody else. */
const DEFAULT_SOCKET_MODE = 0o600;

export interface UnixListenOptions {
  readonly accept: (transport: Transport, place?: Place) => void;
  /** Gets what goes wrong while listening; listening goes on. */
  readonly onError: (error: Error) => void;
  /** Who may connect: the permissions of the socket's file. Default 0o600. Windows has none. */
  readonly socketMode?: number | undefined;
  /** In a worker of node:cluster: the socket is this process's own, and not shared with the others. Default false. */
  readonly exclusive?: boolean | undefined;
}

/**
 * Listens on a unix socket or a named pipe. The file is removed when the listener closes; one that a dead process left is replaced, and
 * anything else that is there is left alone. Rejects with an error that names the path when it cannot be had.
 */
export async function listenUnix(endpoint: UnixEndpoint, options: UnixListenOptions): Promise<Listener> {
  const { path, url } = endpoint;
  const { accept, socketMode = DEFAULT_SOCKET_MODE, exclusive = false } = options;
  if (!Number.isInteger(socketMode) || socketMode < 0 || socketMode > 0o777)
    throw new TypeError(`\`socketMode\` is made of permission bits, for example 0o660, not ${String(socketMode)}`);
  checkUnixPath(endpoint);
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => accept(new StreamTransport(socket, url)));
  try {
    if (!isWindows) await removeStale(endpoint);
    await bindPrivately(server, { path, exclusive });
    if (!isWindows) await chmod(path, socketMode);
  } catch (cause) {
    server.close();
    const { message } = cause as Error;
    throw message.startsWith("`listen`") ? cause : new Error(`\`listen\`: cannot listen on ${url}: ${message}`, { cause });
  }
  server.on("error", options.onError);
  return {
    endpoints: [url],
    async close() {
      // Removes the file too. The callback of `close` waits for established connections, which live on.
      server.close();
    },
  };
}

/** Until its mode is set, the socket is its owner's alone: the mask is narrowed for the one call that makes it. Only the main thread may. */
function bindPrivately(server: Server, where: ListenOptions): Promise<void> {
  const before = isMainThread && !isWindows ? process.umask(0o177) : undefined;
  try {
    return startListening(server, where);
  } finally {
    if (before !== undefined) process.umask(before);
  }
}
