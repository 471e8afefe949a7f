import type { Socket } from "node:net";
import { remoteOf } from "./remote.ts";
import type { Detached, RemoteAddress, Transport, TransportClose, TransportEvents } from "./transport.ts";
import { type SocketHost, TransportSocket } from "./transport-socket.ts";

/**
 * A connected stream socket as a transport: TCP, TLS over TCP, a unix socket or a named pipe. It was made with `allowHalfOpen`, so that the
 * peer's end is told here and not answered by Node, which would first try to send all that is queued to a peer that reads no more.
 */
export class StreamTransport implements Transport, SocketHost {
  readonly peer: string;
  readonly remote: RemoteAddress | undefined;
  readonly #under: TransportSocket<Socket>;
  /** `close` was called: a FIN is sent, or will be behind what is queued. */
  #closing = false;

  constructor(socket: Socket, peer: string, remote: RemoteAddress | undefined = remoteOf(socket)) {
    this.peer = peer;
    this.remote = remote;
    this.#under = new TransportSocket(socket, this);
  }

  get bufferedBytes(): number {
    return this.#under.bufferedBytes;
  }

  start(events: TransportEvents): void {
    this.#under.start(events);
  }

  write(bytes: Uint8Array, written?: () => void): boolean {
    if (!this.#under.open) return true;
    if (bytes.length > 0) this.#under.socket.write(bytes, written && ((error) => error || written()));
    return this.#under.hasRoom();
  }

  close(): void {
    const under = this.#under;
    under.inbox.drop();
    if (!under.open) return;
    under.open = false;
    this.#closing = true;
    // The peer's end stands behind whatever else it sent.
    under.socket.resume();
    under.socket.end();
  }

  ending(): void {
    this.#under.ending();
  }

  destroy(): void {
    this.cut("destroyed by this side");
  }

  /** Ends the connection at once, and says why. */
  protected cut(why: string): void {
    this.#under.cut(why);
  }

  pause(): void {
    this.#under.pause();
  }

  resume(): void {
    this.#under.resume();
  }

  detach(): Detached | undefined {
    const handle = this.#under.handle();
    return handle && this.#under.letGo(handle, { scheme: "tcp", remote: this.remote });
  }

  // What the socket asks of it.

  read(bytes: Uint8Array): void {
    this.#under.inbox.bytes(bytes);
  }

  /** Half a connection is none: a peer that has closed reads no more, so that what is queued has nowhere to go. */
  peerEnded(): void {
    const under = this.#under;
    under.open = false;
    if (!this.#closing) under.reason ??= { kind: "ended", message: "closed by the peer" };
    under.socket.destroy();
  }

  /** A reset tells the peer that this was no orderly end, and the kernel to forget what it has not sent. Only TCP has it, before a FIN. */
  abort(): void {
    const { socket } = this.#under;
    if (this.remote === undefined || "encrypted" in socket || this.#closing) socket.destroy();
    else socket.resetAndDestroy();
  }

  closed(): TransportClose {
    return this.#closing ? { kind: "ended", message: "closed by this side" } : { kind: "failed", message: "the socket was closed" };
  }
}
