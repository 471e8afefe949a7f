import { ChunkQueue } from "./chunk-queue.ts";
import type { TransportClose, TransportEvents } from "./transport.ts";

/** How much an {@link Inbox} keeps, and when it delivers. */
export interface InboxOptions {
  /** How many bytes may wait. An adapter stops reading when it is paused, so that more than what the platform had read already is a flood. */
  readonly limitBytes: number;
  /** Called once, when more than that came. */
  onOverflow(): void;
  /** Calls back once the present call is over. */
  defer(run: () => void): void;
}

/**
 * Holds an adapter to what {@link TransportEvents} promises: nothing is told before `start`, no bytes while paused, nothing from within a
 * call, the end once and last. What comes too early is kept.
 */
export class Inbox {
  readonly #options: InboxOptions;
  /** Undefined until something had to be kept. */
  #kept: ChunkQueue | undefined;
  #events: TransportEvents | undefined;
  #close: TransportClose | undefined;
  #paused = false;
  #dropping = false;
  #ended = false;
  #scheduled = false;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Nothing that came is kept. */
  get empty(): boolean {
    return !this.#kept?.bytes;
  }

  start(events: TransportEvents): void {
    this.#events = events;
    this.#deliver();
  }

  bytes(bytes: Uint8Array): void {
    if (this.#dropping || this.#close !== undefined) return;
    if (this.#events !== undefined && !this.#paused && this.empty) {
      this.#events.onBytes(bytes);
      return;
    }
    this.#kept ??= new ChunkQueue();
    this.#kept.push(bytes);
    if (this.#kept.bytes <= this.#options.limitBytes) return;
    this.drop();
    this.#options.onOverflow();
  }

  drained(): void {
    if (this.#close === undefined) this.#events?.onDrain();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  /** From here on only the end is told. */
  drop(): void {
    this.#dropping = true;
    this.#kept = undefined;
    if (this.#close !== undefined) this.#schedule();
  }

  /** The end, to be told after the bytes that came before it. Only the first call counts. */
  end(close: TransportClose): void {
    if (this.#close !== undefined) return;
    this.#close = close;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Called as a function: a browser's own queueMicrotask refuses to be anybody's method.
    const { defer } = this.#options;
    defer(() => {
      this.#scheduled = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    const events = this.#events;
    if (events === undefined || this.#ended) return;
    while (!this.#paused && !this.empty) events.onBytes(this.#kept!.take()!);
    if (!this.empty) return;
    this.#kept = undefined;
    if (this.#close === undefined) return;
    this.#ended = true;
    events.onClose(this.#close);
  }
}
