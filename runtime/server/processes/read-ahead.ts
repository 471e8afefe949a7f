import { concatBytes } from "../../bytes/concat.ts";
import { Inbox } from "../../transport/inbox.ts";
import { takeKept } from "../../transport/take-kept.ts";
import type { Detached, RemoteAddress, Transport, TransportClose, TransportEvents } from "../../transport/transport.ts";

/** What one read of a socket brings at most, several times over: a transport that is paused tells no more than that. */
const KEPT_LIMIT_BYTES = 1_048_576;

/** What was seen, and how many bytes of the beginning are not for whoever starts the transport. */
export interface Seen<T> {
  readonly value: T;
  readonly takenBytes: number;
}

/** A transport of which the beginning is read before anybody starts it; whoever does gets that too. */
export class ReadAhead implements Transport {
  peer: string;
  remote: RemoteAddress | undefined;
  readonly #transport: Transport;
  readonly #inbox: Inbox;
  #ahead: Uint8Array = new Uint8Array();
  #look: ((bytes: Uint8Array) => boolean) | undefined;
  #lookFailed: ((close: TransportClose) => void) | undefined;
  /** The transport was started, by whoever looks or by whoever has it. */
  #begun = false;
  #started = false;

  /** @param ahead what came before it was this process's */
  constructor(transport: Transport, ahead: Uint8Array = new Uint8Array()) {
    this.peer = transport.peer;
    this.remote = transport.remote;
    this.#transport = transport;
    this.#inbox = new Inbox({ limitBytes: KEPT_LIMIT_BYTES, onOverflow: () => transport.destroy(), defer: queueMicrotask });
    if (ahead.length > 0) this.#inbox.bytes(ahead);
  }

  /**
   * Reads until `see` has seen enough, which gets all that has come so far. Called once, before `start`. Rejects when the transport ends before that, and with
   * what `see` throws.
   */
  look<T>(see: (bytes: Uint8Array) => Seen<T> | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#lookFailed = ({ message, cause }) => reject(new Error(message, { cause }));
      this.#look = (bytes) => {
        const seen = see(bytes);
        if (seen === undefined) return false;
        this.#transport.pause();
        this.#inbox.bytes(bytes.subarray(seen.takenBytes));
        resolve(seen.value);
        return true;
      };
      this.#begin(reject);
    });
  }

  get bufferedBytes(): number {
    return this.#transport.bufferedBytes;
  }

  start(events: TransportEvents): void {
    this.#started = true;
    this.#inbox.start(events);
    if (!this.#begun) this.#begin(() => {});
    else if (!this.#inbox.paused) this.#transport.resume();
  }

  write(bytes: Uint8Array, written?: () => void): boolean {
    return this.#transport.write(bytes, written);
  }

  close(): void {
    this.#inbox.drop();
    this.#transport.close();
  }

  destroy(): void {
    this.#inbox.drop();
    this.#transport.destroy();
  }

  pause(): void {
    this.#inbox.pause();
    this.#transport.pause();
  }

  resume(): void {
    this.#inbox.resume();
    this.#transport.resume();
  }

  detach(): Detached | undefined {
    const detached = this.#transport.detach?.();
    if (detached === undefined) return undefined;
    const { passage } = detached;
    return { ...detached, passage: { ...passage, bytes: concatBytes(takeKept(this.#inbox), passage.bytes) } };
  }

  #begin(failed: (error: unknown) => void): void {
    this.#begun = true;
    this.#transport.start({
      onBytes: (bytes) => this.#bytes(bytes, failed),
      onDrain: () => this.#inbox.drained(),
      onClose: (close) => {
        this.#lookFailed?.(close);
        this.#inbox.end(close);
      },
    });
  }

  #bytes(bytes: Uint8Array, failed: (error: unknown) => void): void {
    if (this.#look === undefined) {
      // What is kept must not lie in memory that is the transport's.
      this.#inbox.bytes(this.#started && !this.#inbox.paused && this.#inbox.empty ? bytes : bytes.slice());
      return;
    }
    this.#ahead = concatBytes(this.#ahead, bytes);
    try {
      if (!this.#look(this.#ahead)) return;
    } catch (error) {
      failed(error);
      this.#transport.destroy();
    }
    this.#look = undefined;
    this.#lookFailed = undefined;
    this.#ahead = new Uint8Array();
  }
}
