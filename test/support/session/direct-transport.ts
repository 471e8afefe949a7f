import type { Transport, TransportEvents } from "../../../runtime/transport/transport.ts";

/** A transport whose other end is the test, without any delay. */
export class DirectTransport implements Transport {
  readonly peer = "test";
  readonly bufferedBytes = 0;
  events: TransportEvents | undefined;
  /** How many bytes were written to it. */
  written = 0;
  open = true;
  #ended = false;

  start(events: TransportEvents): void {
    this.events = events;
  }
  write(bytes: Uint8Array): boolean {
    this.written += bytes.length;
    return true;
  }
  close(): void {
    this.open = false;
  }
  destroy(): void {
    this.open = false;
  }
  pause(): void {}
  resume(): void {}

  /** Bytes from the network; what comes after the end of this side is nobody's. */
  deliver(bytes: Uint8Array): void {
    if (this.open) this.events?.onBytes(bytes);
  }

  /** The network ends it; told in any case, as a transport does. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.open = false;
    this.events?.onClose({ kind: "failed", message: "the network ended it" });
  }
}
