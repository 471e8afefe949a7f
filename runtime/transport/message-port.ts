import type { Clock } from "../time/clock.ts";
import { systemClock } from "../time/system-clock.ts";
import { ChunkQueue } from "./chunk-queue.ts";
import { HIGH_WATER_BYTES } from "./high-water.ts";
import { Inbox } from "./inbox.ts";
import type { Transport, TransportClose, TransportEvents } from "./transport.ts";

/** Bytes that may be under way and not acknowledged in one direction. Ports have no backpressure of their own; a receiver holds a sender to it. */
const WINDOW_BYTES = HIGH_WATER_BYTES;

/**
 * What travels besides bytes, which are an ArrayBuffer, and acknowledgements, which are the number of bytes that the receiver has dealt with
 * since the one before.
 */
const CLOSED = "closed";
const DESTROYED = "destroyed";

/** What is used of a MessagePort, the platform's own or that of node:worker_threads. Events are the same for both. */
export interface MessagePortLike {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  start(): void;
  close(): void;
}

/** What a message port's transport is like. */
export interface MessagePortOptions {
  /** Acknowledgements leave at the end of a turn of this clock. Default: the platform's. */
  readonly clock?: Clock | undefined;
  /** What logs call the other end. Default `port`. */
  readonly name?: string | undefined;
}

/**
 * A transport to whoever holds the other port and does the same: a worker, its page, another window. The port belongs to it from here on.
 * A browser that tells nobody of a port whose owner died leaves it to the session to notice.
 */
export function messagePortTransport(port: MessagePortLike, { clock = systemClock, name = "port" }: MessagePortOptions = {}): Transport {
  return new MessagePortTransport(port, clock, name);
}

class MessagePortTransport implements Transport {
  readonly peer: string;
  readonly #port: MessagePortLike;
  readonly #clock: Clock;
  readonly #inbox: Inbox;
  /** Waits for the window. */
  readonly #queue = new ChunkQueue();
  #unacknowledged = 0;
  /** Dealt with here, and not yet acknowledged. */
  #owed = 0;
  #state: "open" | "closing" | "ended" = "open";
  /** `close` was called, and the peer was told. */
  #told = false;
  /** A `write` returned false, and `onDrain` is owed. */
  #full = false;

  constructor(port: MessagePortLike, clock: Clock, name: string) {
    this.peer = name;
    this.#port = port;
    this.#clock = clock;
    this.#inbox = new Inbox({
      limitBytes: WINDOW_BYTES,
      onOverflow: () => this.#cut("the peer sent more than the window"),
      defer: queueMicrotask,
    });
    const events = port as unknown as EventTarget;
    events.addEventListener("message", (event) => this.#receive((event as MessageEvent<unknown>).data));
    events.addEventListener("messageerror", () => this.#cut("the peer sent what cannot be read"));
    events.addEventListener("close", () => this.#portClosed());
    port.start();
  }

  get bufferedBytes(): number {
    return this.#queue.bytes + this.#unacknowledged;
  }

  start(events: TransportEvents): void {
    this.#inbox.start({
      onBytes: (bytes) => {
        this.#acknowledge(bytes.length);
        events.onBytes(bytes);
      },
      onDrain: () => events.onDrain(),
      onClose: (close) => events.onClose(close),
    });
  }

  write(bytes: Uint8Array): boolean {
    if (this.#state !== "open") return true;
    this.#queue.push(bytes);
    this.#post();
    this.#full ||= this.bufferedBytes >= HIGH_WATER_BYTES;
    return !this.#full;
  }

  close(): void {
    this.#inbox.drop();
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.#post();
  }

  destroy(): void {
    this.#cut("destroyed by this side");
  }

  pause(): void {
    this.#inbox.pause();
  }

  resume(): void {
    this.#inbox.resume();
  }

  /** Sends what the window takes, and the end behind it. */
  #post(): void {
    while (this.#queue.bytes > 0 && this.#unacknowledged < WINDOW_BYTES) {
      const bytes = transferable(this.#queue.take(Math.min(this.#queue.bytes, WINDOW_BYTES - this.#unacknowledged))!);
      this.#unacknowledged += bytes.byteLength;
      this.#port.postMessage(bytes, [bytes]);
    }
    if (this.#state !== "closing" || this.#told || this.#queue.bytes > 0) return;
    this.#told = true;
    this.#port.postMessage(CLOSED, []);
  }

  #receive(message: unknown): void {
    if (this.#state === "ended") return;
    if (message instanceof ArrayBuffer && message.byteLength > 0) this.#received(new Uint8Array(message));
    else if (typeof message === "number") this.#acknowledged(message);
    else if (message === CLOSED) this.#peerClosed();
    else if (message === DESTROYED) this.#end({ kind: "failed", message: "the peer vanished" });
    else this.#cut("the peer sent what is no message of this protocol");
  }

  #received(bytes: Uint8Array): void {
    // Nobody reads them; a peer that has to send them before its own end still waits for the window.
    if (this.#state === "closing") this.#acknowledge(bytes.length);
    else this.#inbox.bytes(bytes);
  }

  #acknowledged(count: number): void {
    if (!(Number.isInteger(count) && count > 0 && count <= this.#unacknowledged)) {
      this.#cut("the peer acknowledged what was not sent");
      return;
    }
    this.#unacknowledged -= count;
    this.#post();
    if (!this.#full || this.bufferedBytes > 0 || this.#state !== "open") return;
    this.#full = false;
    this.#inbox.drained();
  }

  /** Once a turn, however many messages came in it. */
  #acknowledge(count: number): void {
    if (this.#owed === 0) {
      this.#clock.endOfTurn(() => {
        if (this.#state !== "ended") this.#port.postMessage(this.#owed, []);
        this.#owed = 0;
      });
    }
    this.#owed += count;
  }

  /** Both sides say that they close, so that neither port is closed while messages are under way. */
  #peerClosed(): void {
    if (!this.#told) this.#port.postMessage(CLOSED, []);
    this.#end({ kind: "ended", message: this.#state === "closing" ? "closed by this side" : "closed by the peer" });
  }

  /** The platform's word that the other port is gone. */
  #portClosed(): void {
    if (this.#told) this.#end({ kind: "ended", message: "closed by this side" });
    else this.#end({ kind: "failed", message: "the peer's port was closed" });
  }

  #cut(message: string): void {
    this.#inbox.drop();
    if (this.#state === "ended") return;
    this.#port.postMessage(DESTROYED, []);
    this.#end({ kind: "failed", message });
  }

  #end(close: TransportClose): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#queue.clear();
    this.#unacknowledged = 0;
    this.#port.close();
    this.#inbox.end(close);
  }
}

/** A buffer that holds these bytes and nothing of anybody else. What was written is transferred as it is where it is all of its memory. */
function transferable(bytes: Uint8Array): ArrayBuffer {
  const whole = bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
  return whole ? (bytes.buffer as ArrayBuffer) : new Uint8Array(bytes).buffer;
}
