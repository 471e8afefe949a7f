import type { Duplex } from "node:stream";
import { type CustomEndpoint, type CustomListener, Inbox, type Transport, type TransportClose, type TransportEvents } from "zserver";

/** What a stream may still tell after it was paused. Node's tell nothing then, so that this only bounds what a broken one can do. */
const KEPT_LIMIT_BYTES = 1024 * 1024;

/** Any Duplex of Node as a transport: a serial port, a channel of SSH, stdin and stdout of a child process. */
export class DuplexTransport implements Transport {
  readonly peer: string;
  readonly #stream: Duplex;
  readonly #inbox: Inbox;
  #open = true;
  #ended = false;
  /** A `write` returned false, and `onDrain` is owed. */
  #full = false;
  /** Why it ends, once that is known. What the stream says afterwards is a consequence. */
  #reason: TransportClose | undefined;

  constructor(stream: Duplex, peer: string) {
    this.peer = peer;
    this.#stream = stream;
    this.#inbox = new Inbox({
      limitBytes: KEPT_LIMIT_BYTES,
      onOverflow: () => this.#cut({ kind: "failed", message: "more came than a paused stream may tell" }),
      defer: queueMicrotask,
    });
    stream.pause();
    stream.on("data", (bytes: Buffer) => this.#inbox.bytes(bytes));
    stream.on("drain", () => this.#drained());
    stream.on("end", () => this.#peerEnded());
    stream.on("error", (error) => {
      this.#reason ??= { kind: "failed", message: error.message, cause: error };
    });
    stream.on("close", () => {
      this.#open = false;
      this.#ended = true;
      this.#inbox.end(this.#reason ?? { kind: "failed", message: "the stream was closed" });
    });
  }

  get bufferedBytes(): number {
    return this.#ended ? 0 : this.#stream.writableLength;
  }

  start(events: TransportEvents): void {
    this.#inbox.start(events);
    this.#stream.resume();
  }

  write(bytes: Uint8Array): boolean {
    if (!this.#open) return true;
    if (bytes.length > 0 && !this.#stream.write(bytes)) this.#full = true;
    return !this.#full;
  }

  close(): void {
    this.#inbox.drop();
    if (!this.#open) return;
    this.#open = false;
    this.#reason = { kind: "ended", message: "closed by this side" };
    // The peer's end stands behind whatever else it sent: that is read, and dropped.
    this.#stream.resume();
    this.#stream.end();
  }

  destroy(): void {
    this.#cut({ kind: "failed", message: "destroyed by this side" });
  }

  pause(): void {
    this.#inbox.pause();
    if (this.#open) this.#stream.pause();
  }

  resume(): void {
    this.#inbox.resume();
    this.#stream.resume();
  }

  #drained(): void {
    if (!this.#full || !this.#open) return;
    this.#full = false;
    this.#inbox.drained();
  }

  /** Half a connection is none: a peer that has closed reads no more. */
  #peerEnded(): void {
    this.#open = false;
    this.#reason ??= { kind: "ended", message: "closed by the peer" };
    this.#stream.destroy();
  }

  #cut(reason: TransportClose): void {
    this.#inbox.drop();
    if (this.#stream.destroyed) return;
    this.#open = false;
    this.#reason = reason;
    this.#stream.destroy();
  }
}

/** For `connect({ endpoints: [duplexEndpoint(…)] })`: `open` gives a fresh stream for each attempt. */
export function duplexEndpoint(name: string, open: () => Duplex | Promise<Duplex>): CustomEndpoint {
  return { name, dial: async () => new DuplexTransport(await open(), name) };
}

/** For `serve({ listen: [duplexListener(…)] })`: one session over a stream that is there already, such as this process's stdin and stdout. */
export function duplexListener(name: string, stream: Duplex): CustomListener {
  return {
    listen({ accept }) {
      accept(new DuplexTransport(stream, name));
      return { endpoints: [], close: async () => {} };
    },
  };
}
