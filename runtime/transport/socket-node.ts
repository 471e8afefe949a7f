import { connect, type NetConnectOpts, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { SocketEndpoint, UnixEndpoint } from "./endpoint.ts";
import { otherProtocol } from "./first-words.ts";
import { addressFamily } from "./lookup.ts";
import { peerName, remoteOf } from "./remote.ts";
import { openSocket } from "./socket-attempt.ts";
import { StreamTransport } from "./stream-transport.ts";
import { type TlsClientOptions, tlsClientOptions } from "./tls-options.ts";
import type { Transport } from "./transport.ts";
import { checkUnixPath } from "./unix-path.ts";

export interface SocketDialOptions {
  /** Aborting ends the attempt; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** The IP address to connect to, where the host was resolved before. A certificate is still judged by the host. */
  readonly address?: string | undefined;
  /** How the certificate of a `tls:` server is judged. */
  readonly tls?: TlsClientOptions | undefined;
}

/** Opens a stream socket from Node: TCP, TLS, a unix socket or a named pipe. Rejects with the system's or TLS's own error. */
export function dialSocket(endpoint: SocketEndpoint | UnixEndpoint, options: SocketDialOptions = {}): Promise<Transport> {
  const { signal } = options;
  signal?.throwIfAborted();
  const socket = open(endpoint, options);
  const peer = (): string => (endpoint.scheme === "unix" ? endpoint.url : peerName(endpoint.scheme, remoteOf(socket)));
  return openSocket<Transport>(
    socket,
    signal,
    () => socket.destroy(),
    ({ opened }) => {
      socket.once(endpoint.scheme === "tls" ? "secureConnect" : "connect", () => opened(new DialledTransport(socket, peer())));
    },
  );
}

/** Tells what else is spoken at an endpoint: a server of another kind says that with its first bytes. */
class DialledTransport extends StreamTransport {
  #answered = false;

  override read(bytes: Uint8Array): void {
    const other = this.#answered ? undefined : otherProtocol(bytes);
    this.#answered = true;
    if (other === undefined) super.read(bytes);
    else this.cut(`${this.peer}: ${other}`);
  }
}

function open(endpoint: SocketEndpoint | UnixEndpoint, { address, tls }: SocketDialOptions): Socket {
  if (endpoint.scheme === "unix") {
    checkUnixPath(endpoint);
    return connectPlain({ path: endpoint.path, allowHalfOpen: true });
  }
  const { host, port } = endpoint;
  const where = { host: address ?? host, port, allowHalfOpen: true };
  if (endpoint.scheme === "tcp") return connectPlain({ noDelay: true, ...where });
  // Names are asked for, addresses are not (RFC 6066, section 3); a certificate has to carry either.
  const servername = addressFamily(host) === undefined ? host : "";
  return connectTls({ servername, ...tlsClientOptions(tls), ...where }).setNoDelay(true);
}

/** What was read lies here until some socket reads again. Not all of its memory: what something fills alone is given back. */
const memory = new Uint8Array(65_537).subarray(0, 65_536);

/** Opens a socket that needs no memory of its own for each read, which costs as much as to read. */
function connectPlain(options: NetConnectOpts): Socket {
  const socket: Socket = connect({ ...options, onread: { buffer: memory, callback: (length) => tell(socket, length) } });
  return socket;
}

/** Returns whether to read on. A socket that is paused may read once more, and what that brings is kept above. */
function tell(socket: Socket, length: number): boolean {
  const bytes = memory.subarray(0, length);
  socket.emit("data", socket.isPaused() ? bytes.slice() : bytes);
  return !socket.isPaused();
}
