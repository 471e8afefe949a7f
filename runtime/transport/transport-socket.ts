import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { release } from "../bytes/release.ts";
import { HIGH_WATER_BYTES } from "./high-water.ts";
import { Inbox, type InboxOptions } from "./inbox.ts";
import { handleOf, letGo, type SocketHandle } from "./socket-handle.ts";
import { takeKept } from "./take-kept.ts";
import type { Detached, Passage, TransportClose, TransportEvents } from "./transport.ts";

/** A paused stream of Node keeps what it has read and tells it later, so that no more comes to be kept here than the rest of one read. */
const KEPT_LIMIT_BYTES = 1024 * 1024;

/** What a {@link TransportSocket} asks of the transport above it. */
export interface SocketHost {
  /** What was read; what of it belongs to the stream goes to {@link TransportSocket.inbox}. */
  read(bytes: Uint8Array): void;
  /** The peer ended its direction. */
  peerEnded(): void;
  /** Ends the connection at once, however this kind of transport does that. */
  abort(): void;
  /** The socket is closed. Tells how that came, for the case that nobody gave a reason. */
  closed(): TransportClose;
}

/** Where a socket has its {@link TransportSocket}. */
const owner = Symbol("transport");

interface OwnedSocket extends Duplex {
  [owner]?: TransportSocket<Duplex>;
}

// The same functions for all: closures of its own would cost each quiet connection 300 bytes.

function onData(this: OwnedSocket, bytes: Buffer): void {
  this[owner]!.read(bytes);
}

function onDrain(this: OwnedSocket): void {
  this[owner]!.drained();
}

function onEnd(this: OwnedSocket): void {
  this[owner]!.peerEnded();
}

function onError(this: OwnedSocket, error: Error): void {
  this[owner]!.failed(error);
}

function onClose(this: OwnedSocket): void {
  this[owner]!.closed();
}

/** The connected socket below a transport: what all transports over one have in common. What is read and written, and how it ends in order, is theirs. */
export class TransportSocket<Kind extends Duplex> implements InboxOptions {
  readonly socket: Kind;
  readonly inbox: Inbox;
  /** More may be written. */
  open = true;
  /** Why the connection ends; what the socket says after it is only a consequence. */
  reason: TransportClose | undefined;
  readonly #host: SocketHost;
  #ended = false;
  /** There was no room for more, and `onDrain` is owed. */
  #full = false;

  /** @param head what was read ahead */
  constructor(socket: Kind, host: SocketHost, head?: Buffer) {
    this.socket = socket;
    this.#host = host;
    this.inbox = new Inbox(this);
    socket.pause();
    if (head !== undefined && head.length > 0) socket.unshift(head);
    (socket as OwnedSocket)[owner] = this;
    socket.on("data", onData);
    socket.on("end", onEnd);
    socket.on("error", onError);
    socket.on("close", onClose);
  }

  get bufferedBytes(): number {
    return this.#ended ? 0 : this.socket.writableLength;
  }

  start(events: TransportEvents): void {
    this.inbox.start(events);
    if (!this.inbox.paused) this.socket.resume();
  }

  pause(): void {
    this.inbox.pause();
    if (this.open) this.socket.pause();
  }

  resume(): void {
    this.inbox.resume();
    this.socket.resume();
  }

  /** Whether more than what was written until now is welcome; if not, the drain will be told. */
  hasRoom(): boolean {
    if (!this.#full && this.socket.writableLength >= HIGH_WATER_BYTES) {
      this.#full = true;
      this.socket.on("drain", onDrain);
    }
    return !this.#full;
  }

  /** What is written from here on goes to the kernel in one call with the end that follows it. */
  ending(): void {
    if (this.open) this.socket.cork();
  }

  /** Nothing is delivered from here on, and the connection ends at once. */
  cut(message: string): void {
    this.inbox.drop();
    if (this.socket.destroyed) return;
    this.open = false;
    this.reason = { kind: "failed", message };
    this.#host.abort();
  }

  /** What can go to another process, where anything can; what was read ahead is told now. */
  handle(): SocketHandle | undefined {
    return this.open ? handleOf(this.socket) : undefined;
  }

  /** Lets go of the connection; what the inbox keeps goes with it. */
  letGo(handle: SocketHandle, passage: Omit<Passage, "bytes">): Detached {
    return letGo(this.socket, handle, { ...passage, bytes: takeKept(this.inbox) });
  }

  // What the inbox asks of it.

  get limitBytes(): number {
    return KEPT_LIMIT_BYTES;
  }

  onOverflow(): void {
    this.cut("more came than a paused socket can have read");
  }

  defer(run: () => void): void {
    queueMicrotask(run);
  }

  // What the socket tells.

  read(bytes: Uint8Array): void {
    this.#host.read(bytes);
    if (this.inbox.empty && this.#readsAlone) release(bytes);
  }

  drained(): void {
    if (!this.open) return;
    this.#full = false;
    this.socket.off("drain", onDrain);
    this.inbox.drained();
  }

  peerEnded(): void {
    this.#host.peerEnded();
  }

  failed(error: Error): void {
    this.open = false;
    this.reason ??= { kind: "failed", message: error.message, cause: error };
  }

  closed(): void {
    this.open = false;
    this.#ended = true;
    const unexplained = this.#host.closed();
    this.inbox.end(this.reason ?? unexplained);
  }

  /** What came is nobody else's: Node reads into new memory each time. On a server of the application's others may read as well. */
  get #readsAlone(): boolean {
    return this.socket instanceof Socket && this.socket.listenerCount("data") === 1;
  }
}
