import type { Socket } from "node:net";
import { release } from "../bytes/release.ts";
import { HIGH_WATER_BYTES } from "./high-water.ts";
import { Inbox } from "./inbox.ts";
import { remoteOf } from "./remote.ts";
import { handleOf, letGo } from "./socket-handle.ts";
import type { Detached, RemoteAddress, Transport, TransportClose, TransportEvents } from "./transport.ts";

/** A paused stream of Node keeps what it has read and tells it later, so that nothing should come to be kept here. */
const KEPT_LIMIT_BYTES = 1024 * 1024;

/** A write of so much costs more than the call into the kernel: it does not wait for others. */
const LARGE_WRITE_BYTES = 8_192;

/**
 * A connected stream socket as a transport: TCP, TLS over TCP, a unix socket or a named pipe. It was made with `allowHalfOpen`, so that the
 * peer's end is told here and not answered by Node, which would first try to send all that is queued to a peer that reads no more.
 */
export class StreamTransport implements Transport {
  readonly peer: string;
  readonly remote: RemoteAddress | undefined;
  readonly #socket: Socket;
  readonly #inbox: Inbox;
  #open = true;
  #ended = false;
  /** A `write` returned false, and `onDrain` is owed. */
  #full = false;
  #corked = false;
  /** `close` was called: a FIN is sent, or will be behind what is queued. */
  #closing = false;
  /** Why the connection ends; what the socket says after it is only a consequence. */
  #reason: TransportClose | undefined;

  constructor(socket: Socket, peer: string, remote: RemoteAddress | undefined = remoteOf(socket)) {
    this.peer = peer;
    this.remote = remote;
    this.#socket = socket;
    this.#inbox = new Inbox({
      limitBytes: KEPT_LIMIT_BYTES,
      onOverflow: () => this.#cut({ kind: "failed", message: "more came than a paused socket can have read" }),
      defer: queueMicrotask,
    });
    socket.pause();
    socket.on("data", (bytes: Buffer) => this.#read(bytes));
    socket.on("drain", () => this.#drained());
    socket.on("end", () => this.#peerEnded());
    socket.on("error", (error) => this.#failed(error));
    socket.on("close", () => this.#closed());
  }

  get bufferedBytes(): number {
    return this.#ended ? 0 : this.#socket.writableLength;
  }

  start(events: TransportEvents): void {
    this.#inbox.start(events);
    if (!this.#inbox.paused) this.#socket.resume();
  }

  write(bytes: Uint8Array, written?: () => void): boolean {
    if (!this.#open) return true;
    if (bytes.length > 0) {
      this.#cork();
      this.#socket.write(bytes, written && ((error) => error || written()));
      if (bytes.length >= LARGE_WRITE_BYTES) this.#uncork();
    }
    this.#full ||= this.#socket.writableLength >= HIGH_WATER_BYTES;
    return !this.#full;
  }

  close(): void {
    this.#inbox.drop();
    if (!this.#open) return;
    this.#open = false;
    this.#closing = true;
    this.#reason = { kind: "ended", message: "closed by this side" };
    // The peer's end stands behind whatever else it sent.
    this.#socket.resume();
    this.#socket.end();
  }

  destroy(): void {
    this.#cut({ kind: "failed", message: "destroyed by this side" });
  }

  pause(): void {
    this.#inbox.pause();
    if (this.#open) this.#socket.pause();
  }

  resume(): void {
    this.#inbox.resume();
    this.#socket.resume();
  }

  detach(): Detached | undefined {
    const handle = this.#open ? handleOf(this.#socket) : undefined;
    if (handle === undefined) return undefined;
    return letGo(this.#socket, handle, { scheme: "tcp", remote: this.remote, bytes: this.#inbox.take() });
  }

  /** Node reads into new memory each time. */
  #read(bytes: Buffer): void {
    this.#inbox.bytes(bytes);
    if (this.#inbox.empty) release(bytes);
  }

  /** Little that is written in one turn goes to the kernel in one call. */
  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#socket.cork();
    process.nextTick(this.#uncork);
  }

  readonly #uncork = (): void => {
    if (!this.#corked) return;
    this.#corked = false;
    this.#socket.uncork();
  };

  #drained(): void {
    if (!this.#full || !this.#open) return;
    this.#full = false;
    this.#inbox.drained();
  }

  /** Half a connection is none: a peer that has closed reads no more, so that what is queued has nowhere to go. */
  #peerEnded(): void {
    this.#open = false;
    this.#reason ??= { kind: "ended", message: "closed by the peer" };
    this.#socket.destroy();
  }

  #failed(error: Error): void {
    this.#open = false;
    if (this.#reason?.kind !== "failed") this.#reason = { kind: "failed", message: error.message, cause: error };
  }

  #cut(reason: TransportClose): void {
    this.#inbox.drop();
    if (this.#socket.destroyed) return;
    this.#open = false;
    this.#reason = reason;
    // A reset tells the peer that this was no orderly end, and the kernel to forget what it has not sent. Only TCP has it, before a FIN.
    if (this.remote === undefined || "encrypted" in this.#socket || this.#closing) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  #closed(): void {
    this.#open = false;
    this.#ended = true;
    this.#inbox.end(this.#reason ?? { kind: "failed", message: "the socket was closed" });
  }
}
