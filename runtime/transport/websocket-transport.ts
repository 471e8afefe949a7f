import type { Duplex } from "node:stream";
import { type RawData, WebSocket } from "ws";
import { binaryFrame, COPIED_FRAME_BYTES } from "./websocket-frame.ts";
import { HIGH_WATER_BYTES } from "./high-water.ts";
import { Inbox, type InboxOptions } from "./inbox.ts";
import { peerName } from "./remote.ts";
import type { RemoteAddress, Transport, TransportClose, TransportEvents } from "./transport.ts";
import { CLOSE_TIMEOUT_MS, MAX_MESSAGE_BYTES, ORDERLY_CODES, sendMessages } from "./websocket-limits.ts";

/** What ws is told. Records are sealed, so that compression would only cost, and text messages are refused unread. */
export const wsOptions: Readonly<Record<string, unknown>> = {
  perMessageDeflate: false,
  maxPayload: MAX_MESSAGE_BYTES,
  closeTimeout: CLOSE_TIMEOUT_MS,
  skipUTF8Validation: true,
};

/**
 * What may come after `pause`: ws delivers what it had read already, one chunk of the socket and one message at most, and a last chunk when the
 * socket dies.
 */
const KEPT_LIMIT_BYTES = MAX_MESSAGE_BYTES + 1024 * 1024;

/**
 * The connection below a WebSocket. What is small is written there as a whole frame, between those of ws, which would write a header and a payload of it and make
 * objects for both.
 */
export interface RawSocket {
  readonly socket: Duplex;
  /** Whether frames are masked with zeros, as those written here are; else they are ws's to mask. */
  zeroMask: boolean;
}

/** Where a WebSocket has its transport. */
const owner = Symbol("transport");

interface OwnedSocket extends WebSocket {
  [owner]?: WebSocketTransport;
}

// The same functions for all: closures of its own would cost each quiet connection 200 bytes.

function onMessage(this: OwnedSocket, data: RawData, isBinary: boolean): void {
  this[owner]!.message(data, isBinary);
}

function onError(this: OwnedSocket, error: Error): void {
  this[owner]!.failed(error);
}

function onClose(this: OwnedSocket, code: number): void {
  this[owner]!.closed(code);
}

/** An open WebSocket of the ws package, a client's, as a transport: one write is one binary message, and messages mean nothing. */
export class WebSocketTransport implements Transport, InboxOptions {
  readonly remote: RemoteAddress | undefined;
  readonly #scheme: "ws" | "wss";
  readonly #socket: WebSocket;
  readonly #inbox: Inbox;
  readonly #raw: RawSocket;
  readonly #onSealed: (() => void) | undefined;
  #open = true;
  /** A `write` returned false, and `onDrain` is owed: what waits for the socket to take more. */
  #drain: (() => void) | undefined;
  /** Why this side ended the connection; what ws says then is only a consequence. */
  #reason: TransportClose | undefined;
  #error: Error | undefined;
  #ended = false;

  constructor(socket: WebSocket, scheme: "ws" | "wss", remote: RemoteAddress | undefined, raw: RawSocket, onSealed?: () => void) {
    this.#scheme = scheme;
    this.remote = remote;
    this.#socket = socket;
    this.#raw = raw;
    this.#onSealed = onSealed;
    this.#inbox = new Inbox(this);
    socket.binaryType = "nodebuffer";
    socket.pause();
    (socket as OwnedSocket)[owner] = this;
    socket.on("message", onMessage);
    socket.on("error", onError);
    socket.on("close", onClose);
  }

  // What the WebSocket tells.

  message(data: RawData, isBinary: boolean): void {
    if (isBinary) this.#inbox.bytes(data as Buffer);
    else this.#cut({ kind: "failed", message: "the peer sent a text message" });
  }

  failed(error: Error): void {
    this.#error = error;
  }

  closed(code: number): void {
    this.#open = false;
    this.#ended = true;
    const orderly = ORDERLY_CODES.has(code);
    const message = this.#error?.message ?? (orderly ? "closed by the peer" : `closed with WebSocket status ${code}`);
    this.#inbox.end(this.#reason ?? { kind: orderly ? "ended" : "failed", message, ...(this.#error && { cause: this.#error }) });
  }

  get peer(): string {
    return peerName(this.#scheme, this.remote);
  }

  get bufferedBytes(): number {
    return this.#ended ? 0 : this.#socket.bufferedAmount;
  }

  // What the inbox asks of it.

  get limitBytes(): number {
    return KEPT_LIMIT_BYTES;
  }

  onOverflow(): void {
    this.#cut({ kind: "failed", message: "more came than a paused connection can have read" });
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
    if (bytes.length > 0 && bytes.length <= COPIED_FRAME_BYTES && this.#raw.zeroMask) this.#writeFrame(bytes, written);
    else this.#send(bytes, written);
    if (this.#drain === undefined && this.#socket.bufferedAmount >= HIGH_WATER_BYTES) {
      this.#drain = () => this.#written();
      this.#raw.socket.on("drain", this.#drain);
    }
    return this.#drain === undefined;
  }

  close(): void {
    this.#inbox.drop();
    if (!this.#open) return;
    this.#open = false;
    this.#reason = { kind: "ended", message: "closed by this side" };
    // The peer's closing frame stands behind whatever else it sent.
    this.#socket.resume();
    this.#socket.close(1000);
    this.#raw.socket.uncork();
  }

  /** Records and the closing frame go to the kernel in one call. */
  ending(): void {
    if (this.#open) this.#raw.socket.cork();
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

  sealed(): void {
    this.#onSealed?.();
  }

  #cut(reason: TransportClose): void {
    this.#open = false;
    this.#reason = reason;
    this.#inbox.drop();
    this.#socket.terminate();
  }

  /** The memory is free once the last message has left. */
  #send(bytes: Uint8Array, written: (() => void) | undefined): void {
    const { byteOffset, length } = bytes;
    sendMessages(bytes, (message) => {
      const last = message.byteOffset + message.length === byteOffset + length;
      this.#socket.send(message, (error) => {
        if (last && !error) written?.();
        this.#written();
      });
    });
  }

  #writeFrame(bytes: Uint8Array, written: (() => void) | undefined): void {
    // Behind a closing frame nothing may follow, and ws may have answered the peer's already.
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#raw.socket.write(binaryFrame(bytes, true));
    written?.();
  }

  /** Called by ws for each message that went to the kernel, or failed to; a failure is followed by the end. */
  #written(): void {
    if (this.#drain === undefined || this.#socket.bufferedAmount > 0 || !this.#open) return;
    this.#raw.socket.off("drain", this.#drain);
    this.#drain = undefined;
    this.#inbox.drained();
  }
}
