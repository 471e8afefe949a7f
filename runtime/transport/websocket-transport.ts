import type { Duplex } from "node:stream";
import { WebSocket } from "ws";
import { binaryFrame, COPIED_FRAME_BYTES } from "./websocket-frame.ts";
import { HIGH_WATER_BYTES } from "./high-water.ts";
import { Inbox } from "./inbox.ts";
import { peerName } from "./remote.ts";
import type { RemoteAddress, Transport, TransportClose, TransportEvents } from "./transport.ts";
import { MAX_MESSAGE_BYTES, ORDERLY_CODES, sendMessages } from "./websocket-limits.ts";

/** How long a closing handshake may take, flushing included, before the connection is cut. */
const CLOSE_TIMEOUT_MS = 30_000;

/** What both sides tell ws. Records are sealed, so that compression would only cost, and text messages are refused unread. */
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
  /** Whether frames are masked, with zeros; undefined while they are ws's to mask. */
  masks: boolean | undefined;
}

/** An open WebSocket of the ws package, of either side, as a transport: one write is one binary message, and messages mean nothing. */
export class WebSocketTransport implements Transport {
  readonly peer: string;
  readonly remote: RemoteAddress | undefined;
  readonly #socket: WebSocket;
  readonly #inbox: Inbox;
  readonly #raw: RawSocket;
  readonly #onSealed: (() => void) | undefined;
  #open = true;
  /** A `write` returned false, and `onDrain` is owed. */
  #full = false;
  /** Why this side ended the connection; what ws says then is only a consequence. */
  #reason: TransportClose | undefined;
  #error: Error | undefined;
  #ended = false;

  constructor(socket: WebSocket, scheme: "ws" | "wss", remote: RemoteAddress | undefined, raw: RawSocket, onSealed?: () => void) {
    this.peer = peerName(scheme, remote);
    this.remote = remote;
    this.#socket = socket;
    this.#raw = raw;
    this.#onSealed = onSealed;
    raw.socket.on("drain", this.#written);
    this.#inbox = new Inbox({
      limitBytes: KEPT_LIMIT_BYTES,
      onOverflow: () => this.#cut({ kind: "failed", message: "more came than a paused connection can have read" }),
      defer: queueMicrotask,
    });
    socket.binaryType = "nodebuffer";
    socket.pause();
    socket.on("message", (data, isBinary) => {
      if (isBinary) this.#inbox.bytes(data as Buffer);
      else this.#cut({ kind: "failed", message: "the peer sent a text message" });
    });
    socket.on("error", (error) => {
      this.#error = error;
    });
    socket.on("close", (code) => this.#closed(code));
  }

  get bufferedBytes(): number {
    return this.#ended ? 0 : this.#socket.bufferedAmount;
  }

  start(events: TransportEvents): void {
    this.#inbox.start(events);
    if (!this.#inbox.paused) this.#socket.resume();
  }

  write(bytes: Uint8Array, written?: () => void): boolean {
    if (!this.#open) return true;
    if (bytes.length > 0 && bytes.length <= COPIED_FRAME_BYTES && this.#raw.masks !== undefined)
      this.#writeFrame(bytes, this.#raw.masks, written);
    else if (written === undefined || bytes.length > MAX_MESSAGE_BYTES) sendMessages(bytes, this.#send);
    else
      this.#socket.send(bytes, (error) => {
        if (!error) written();
        this.#written();
      });
    this.#full ||= this.#socket.bufferedAmount >= HIGH_WATER_BYTES;
    return !this.#full;
  }

  close(): void {
    this.#inbox.drop();
    if (!this.#open) return;
    this.#open = false;
    this.#reason = { kind: "ended", message: "closed by this side" };
    // The peer's closing frame stands behind whatever else it sent.
    this.#socket.resume();
    this.#socket.close(1000);
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

  #writeFrame(bytes: Uint8Array, masked: boolean, written: (() => void) | undefined): void {
    // Behind a closing frame nothing may follow, and ws may have answered the peer's already.
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#raw.socket.write(binaryFrame(bytes, masked));
    written?.();
  }

  readonly #send = (message: Uint8Array): void => this.#socket.send(message, this.#written);

  /** Called by ws for each message that went to the kernel, or failed to; a failure is followed by the end. */
  readonly #written = (): void => {
    if (!this.#full || this.#socket.bufferedAmount > 0 || !this.#open) return;
    this.#full = false;
    this.#inbox.drained();
  };

  #closed(code: number): void {
    this.#open = false;
    this.#ended = true;
    const orderly = ORDERLY_CODES.has(code);
    const message = this.#error?.message ?? (orderly ? "closed by the peer" : `closed with WebSocket status ${code}`);
    this.#inbox.end(this.#reason ?? { kind: orderly ? "ended" : "failed", message, ...(this.#error && { cause: this.#error }) });
  }
}
