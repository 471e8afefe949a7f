import { connect, type Socket } from "node:net";
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
    return connect({ path: endpoint.path, allowHalfOpen: true });
  }
  const { host, port } = endpoint;
  const where = { host: address ?? host, port, allowHalfOpen: true };
  if (endpoint.scheme === "tcp") return connect({ noDelay: true, ...where });
  // Names are asked for, addresses are not (RFC 6066, section 3); a certificate has to carry either.
  const servername = addressFamily(host) === undefined ? host : "";
  return connectTls({ servername, ...tlsClientOptions(tls), ...where }).setNoDelay(true);
}
