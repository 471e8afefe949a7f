import type { Clock } from "../time/clock.ts";
import type { WebSocketEndpoint } from "./endpoint.ts";
import { HIGH_WATER_BYTES } from "./high-water.ts";
import { Inbox } from "./inbox.ts";
import type { Transport, TransportClose, TransportEvents } from "./transport.ts";
import { CUT_CODE, ORDERLY_CODES, sendMessages } from "./websocket-limits.ts";

/** How often a full buffer is looked at: a browser tells nobody when it is empty. Messages that come in are occasions as well. */
const DRAIN_POLL_MS = 10;
/** Bytes kept while paused. A page cannot stop a WebSocket from reading, and credit keeps an honest peer far below this. */
const KEPT_LIMIT_BYTES = 64 * 1024 * 1024;

export interface BrowserWebSocketDialOptions {
  readonly clock: Clock;
  /** Aborting ends the attempt; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** The platform's class, for tests. Default `globalThis.WebSocket`. */
  readonly WebSocket?: BrowserWebSocketClass | undefined;
}

/** What is used of the platform's WebSocket (https://websockets.spec.whatwg.org). */
export interface BrowserWebSocket {
  binaryType: string;
  readonly bufferedAmount: number;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onerror: (() => void) | null;
  onclose: ((event: { readonly code: number }) => void) | null;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
}

export type BrowserWebSocketClass = new (url: string) => BrowserWebSocket;

/** Opens a WebSocket from a page or a worker. The platform does not tell a page why it failed. */
export function dialBrowserWebSocket(endpoint: WebSocketEndpoint, options: BrowserWebSocketDialOptions): Promise<Transport> {
  const { signal, clock } = options;
  signal?.throwIfAborted();
  const Class = options.WebSocket ?? (globalThis.WebSocket as unknown as BrowserWebSocketClass | undefined);
  if (Class === undefined) return Promise.reject(new Error("this platform has no WebSocket"));
  const socket = new Class(endpoint.url);
  socket.binaryType = "arraybuffer";
  // Tells nothing that `onclose`, which follows, does not.
  socket.onerror = () => {};
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      socket.close();
      reject(signal!.reason);
    };
    signal?.addEventListener("abort", abort);
    socket.onclose = () => {
      signal?.removeEventListener("abort", abort);
      reject(new Error("no WebSocket: the server is not there, or refuses this page's origin (`allowedOrigins`)"));
    };
    socket.onopen = () => {
      if (signal?.aborted) return;
      signal?.removeEventListener("abort", abort);
      resolve(new BrowserWebSocketTransport(socket, `${endpoint.scheme} ${endpoint.host}:${endpoint.port}`, clock));
    };
  });
}

class BrowserWebSocketTransport implements Transport {
  readonly peer: string;
  readonly #socket: BrowserWebSocket;
  readonly #clock: Clock;
  readonly #inbox: Inbox;
  #open = true;
  #ended = false;
  #stopPolling: (() => void) | undefined;

  constructor(socket: BrowserWebSocket, peer: string, clock: Clock) {
    this.peer = peer;
    this.#socket = socket;
    this.#clock = clock;
    this.#inbox = new Inbox({
      limitBytes: KEPT_LIMIT_BYTES,
      onOverflow: () => this.#cut({ kind: "failed", message: `more than ${KEPT_LIMIT_BYTES} bytes came while paused` }),
      defer: (run) => queueMicrotask(run),
    });
    socket.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) this.#inbox.bytes(new Uint8Array(data));
      else this.#cut({ kind: "failed", message: "the peer sent a text message" });
      if (this.#stopPolling !== undefined) this.#checkDrain();
    };
    socket.onclose = ({ code }) => {
      const orderly = ORDERLY_CODES.has(code);
      this.#end({ kind: orderly ? "ended" : "failed", message: orderly ? "closed" : `closed with WebSocket status ${code}` });
    };
  }

  get bufferedBytes(): number {
    return this.#ended ? 0 : this.#socket.bufferedAmount;
  }

  start(events: TransportEvents): void {
    this.#inbox.start(events);
  }

  write(bytes: Uint8Array, written?: () => void): boolean {
    if (!this.#open) return true;
    // The browser copies what it is given, which is never shared memory: encoders allocate plain buffers.
    sendMessages(bytes, (message) => this.#socket.send(message as Uint8Array<ArrayBuffer>));
    written?.();
    if (this.#stopPolling === undefined && this.#socket.bufferedAmount >= HIGH_WATER_BYTES) this.#poll();
    return this.#stopPolling === undefined;
  }

  close(): void {
    this.#inbox.drop();
    if (!this.#open) return;
    this.#open = false;
    this.#socket.close(1000);
  }

  destroy(): void {
    this.#cut({ kind: "failed", message: "destroyed by this side" });
  }

  pause(): void {
    this.#inbox.pause();
  }

  resume(): void {
    this.#inbox.resume();
  }

  #poll(): void {
    this.#stopPolling = this.#clock.setTimer(DRAIN_POLL_MS, () => this.#checkDrain());
  }

  /** Ends the wait, and goes on waiting only if there is something to wait for. */
  #checkDrain(): void {
    this.#stopPolling?.();
    this.#stopPolling = undefined;
    if (!this.#open) return;
    if (this.#socket.bufferedAmount > 0) this.#poll();
    else this.#inbox.drained();
  }

  /** A page has no way to drop what it sent; it stops listening and lets the browser finish. */
  #cut(reason: TransportClose): void {
    this.#inbox.drop();
    this.#end(reason);
    this.#socket.close(CUT_CODE);
  }

  #end(close: TransportClose): void {
    this.#open = false;
    this.#ended = true;
    this.#checkDrain();
    this.#inbox.end(close);
  }
}
