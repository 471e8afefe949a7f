import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { release } from "../bytes/release.ts";
import { HIGH_WATER_BYTES } from "./high-water.ts";
import { Inbox, type InboxOptions } from "./inbox.ts";
import { peerName, remoteOf, type SocketAddresses } from "./remote.ts";
import { handleOf, letGo } from "./socket-handle.ts";
import type { Detached, RemoteAddress, Transport, TransportClose, TransportEvents } from "./transport.ts";
import { binaryFrame, closeFrame, COPIED_FRAME_BYTES, frameHeader } from "./websocket-frame.ts";
import { CLOSE_TIMEOUT_MS, MAX_MESSAGE_BYTES, ORDERLY_CODES } from "./websocket-limits.ts";
import { WebSocketPongs } from "./websocket-pongs.ts";
import { type FrameEvents, WebSocketReader } from "./websocket-reader.ts";

/** A paused stream of Node keeps what it has read and tells it later, so that no more comes to be kept here than the rest of one read. */
const KEPT_LIMIT_BYTES = 1024 * 1024;

const NORMAL = 1000;

/** Where a socket has its transport. */
const owner = Symbol("transport");

interface OwnedSocket extends Duplex {
  [owner]?: ServerWebSocketTransport;
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

export interface ServerWebSocketOptions {
  readonly scheme: "ws" | "wss";
  /** Where the client is. */
  readonly remote: RemoteAddress | undefined;
  /** What was read behind the request for the upgrade. */
  readonly head: Buffer;
  /** How long a closing handshake may take, flushing included. Default 30,000. */
  readonly closeTimeoutMs?: number | undefined;
}

/** A server's end of a WebSocket, on a socket whose upgrade went through, as a transport: one write is one binary message, and messages mean nothing. */
export class ServerWebSocketTransport implements Transport, InboxOptions, FrameEvents {
  /** Where a proxy says that the client is. Else the socket knows, and nothing is kept. */
  readonly #told: RemoteAddress | undefined;
  readonly #scheme: "ws" | "wss";
  readonly #closeTimeoutMs: number;
  readonly #socket: Duplex;
  readonly #inbox: Inbox;
  readonly #reader: WebSocketReader;
  #pongs: WebSocketPongs | undefined;
  /** No closing frame was written, and the socket is there. */
  #open = true;
  #ended = false;
  /** A `write` returned false, and `onDrain` is owed. */
  #full = false;
  /** Why the connection ends; what the socket says after it is only a consequence. */
  #reason: TransportClose | undefined;
  #closeTimer: NodeJS.Timeout | undefined;

  constructor(socket: Duplex, { scheme, remote, head, closeTimeoutMs = CLOSE_TIMEOUT_MS }: ServerWebSocketOptions) {
    this.#scheme = scheme;
    this.#told = isSame(remote, remoteOf(socket as SocketAddresses)) ? undefined : remote;
    this.#closeTimeoutMs = closeTimeoutMs;
    this.#socket = socket;
    this.#inbox = new Inbox(this);
    this.#reader = new WebSocketReader(this);
    socket.pause();
    if (head.length > 0) socket.unshift(head);
    (socket as OwnedSocket)[owner] = this;
    socket.on("data", onData);
    socket.on("end", onEnd);
    socket.on("error", onError);
    socket.on("close", onClose);
  }

  get peer(): string {
    return peerName(this.#scheme, this.remote);
  }

  get remote(): RemoteAddress | undefined {
    return this.#told ?? remoteOf(this.#socket as SocketAddresses);
  }

  get bufferedBytes(): number {
    return this.#ended ? 0 : this.#socket.writableLength;
  }

  // What the inbox asks of it.

  get limitBytes(): number {
    return KEPT_LIMIT_BYTES;
  }

  onOverflow(): void {
    this.#cut({ kind: "failed", message: "more came than a paused socket can have read" });
  }

  defer(run: () => void): void {
    queueMicrotask(run);
  }

  start(events: TransportEvents): void {
    this.#inbox.start(events);
    if (!this.#inbox.paused) this.#socket.resume();
  }

  write(bytes: Uint8Array, written?: () => void): boolean {
    if (!this.#open) return true;
    const { length } = bytes;
    if (length > 0 && length <= COPIED_FRAME_BYTES) {
      this.#socket.write(binaryFrame(bytes, false));
      written?.();
    } else if (length > 0) this.#writeLong(bytes, written);
    if (!this.#full && this.#socket.writableLength >= HIGH_WATER_BYTES) {
      this.#full = true;
      this.#socket.on("drain", onDrain);
    }
    return !this.#full;
  }

  close(): void {
    this.#inbox.drop();
    this.#beginClose(NORMAL, { kind: "ended", message: "closed by this side" });
  }

  /** Records and the closing frame go to the kernel in one call. */
  ending(): void {
    if (this.#open) this.#socket.cork();
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
    if (handle === undefined || !this.#reader.betweenMessages) return undefined;
    return letGo(this.#socket, handle, { scheme: "ws", remote: this.remote, bytes: this.#inbox.take() });
  }

  // What the reader tells of the peer's frames.

  onPayload(bytes: Uint8Array): void {
    this.#inbox.bytes(bytes);
  }

  onPing(payload: Uint8Array): void {
    if (!this.#open) return;
    this.#pongs ??= new WebSocketPongs(this.#socket);
    this.#pongs.answer(payload);
  }

  onCloseFrame(code: number): void {
    const orderly = ORDERLY_CODES.has(code);
    const message = orderly ? "closed by the peer" : `closed with WebSocket status ${code}`;
    this.#beginClose(code, { kind: orderly ? "ended" : "failed", message });
    this.#socket.end();
  }

  onViolation(code: number, message: string): void {
    this.#beginClose(code, { kind: "failed", message });
    this.#socket.end();
  }

  // What the socket tells.

  read(bytes: Uint8Array): void {
    this.#reader.read(bytes);
    if (this.#inbox.empty && this.#readsAlone) release(bytes);
  }

  drained(): void {
    if (!this.#open) return;
    this.#full = false;
    this.#socket.off("drain", onDrain);
    this.#inbox.drained();
  }

  /** A peer that is gone without a closing frame reads no more. One that was told the end may have let the answer out; what is queued still goes to it. */
  peerEnded(): void {
    if (this.#open) this.#cutSocket();
    else this.#socket.end();
  }

  failed(error: Error): void {
    this.#open = false;
    this.#reason ??= { kind: "failed", message: error.message, cause: error };
  }

  closed(): void {
    this.#open = false;
    this.#ended = true;
    clearTimeout(this.#closeTimer);
    this.#inbox.end(this.#reason ?? { kind: "failed", message: "the peer ended the connection without a closing frame" });
  }

  /** What came is nobody else's: Node reads into new memory each time. On a server of the application's others may read as well. */
  get #readsAlone(): boolean {
    return this.#socket instanceof Socket && this.#socket.listenerCount("data") === 1;
  }

  /** In pieces as long as a message may be; the memory is free once the last has left. */
  #writeLong(bytes: Uint8Array, written: (() => void) | undefined): void {
    const socket = this.#socket;
    for (let at = 0; at < bytes.length; at += MAX_MESSAGE_BYTES) {
      const end = Math.min(bytes.length, at + MAX_MESSAGE_BYTES);
      const last = end === bytes.length ? written : undefined;
      socket.cork();
      socket.write(frameHeader(end - at));
      socket.write(bytes.subarray(at, end), last && ((error) => error || last()));
      socket.uncork();
    }
  }

  /** Writes the closing frame, once, and reads on in any case: the peer's own stands behind whatever else it sent. */
  #beginClose(code: number, reason: TransportClose): void {
    if (!this.#open) return;
    this.#open = false;
    this.#reason = reason;
    this.#pongs?.stop();
    const socket = this.#socket;
    socket.resume();
    socket.write(closeFrame(code));
    socket.uncork();
    this.#closeTimer = setTimeout(() => this.#cutSocket(), this.#closeTimeoutMs);
  }

  #cut(reason: TransportClose): void {
    this.#inbox.drop();
    if (!this.#ended) this.#reason = reason;
    this.#cutSocket();
  }

  #cutSocket(): void {
    this.#open = false;
    this.#reader.stop();
    this.#socket.destroy();
  }
}

function isSame(one: RemoteAddress | undefined, other: RemoteAddress | undefined): boolean {
  return one?.address === other?.address && one?.port === other?.port;
}
