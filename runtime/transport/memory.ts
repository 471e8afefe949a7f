import type { Clock } from "../time/clock.ts";
import { ChunkQueue } from "./chunk-queue.ts";
import type { Transport, TransportClose, TransportEvents } from "./transport.ts";

/** Bytes under way in one direction above which `write` asks to stop. */
export const MEMORY_HIGH_WATER_BYTES: number = 1024 * 1024;

/** What a pair of memory transports is like. */
export interface MemoryPipeOptions {
  /** Bytes arrive at the end of a turn of this clock, never from within a call. */
  readonly clock: Clock;
  /** Default {@link MEMORY_HIGH_WATER_BYTES}. */
  readonly highWaterBytes?: number | undefined;
  /**
   * How many of the `available` bytes arrive together next, at least 1: splits and merges what was written, as a network does. Default: as
   * written.
   */
  readonly nextChunk?: ((available: number) => number) | undefined;
  /** Overwrites bytes once they were delivered, so that a receiver that keeps memory that is not its own is found out. Default false. */
  readonly overwriteDelivered?: boolean | undefined;
  /** What the two ends call each other in logs. Default `memory`. */
  readonly name?: string | undefined;
}

/** Two transports of one process, each the other's peer. What one writes is handed over without a copy. */
export function memoryPipe(options: MemoryPipeOptions): [Transport, Transport] {
  const a = new MemoryTransport(options);
  const b = new MemoryTransport(options);
  a.connect(b);
  b.connect(a);
  return [a, b];
}

/** What fills delivered memory: looks like no length, tag or text. */
const OVERWRITTEN = 0xdb;

class MemoryTransport implements Transport {
  readonly peer: string;
  readonly #options: MemoryPipeOptions;
  readonly #highWater: number;
  readonly #outgoing = new ChunkQueue();
  #other!: MemoryTransport;
  #events: TransportEvents | undefined;
  #paused = false;
  #state: "open" | "closing" | "ended" = "open";
  #close: TransportClose | undefined;
  /** A `write` returned false, and `onDrain` is owed. */
  #full = false;
  #scheduled = false;

  constructor(options: MemoryPipeOptions) {
    this.#options = options;
    this.#highWater = options.highWaterBytes ?? MEMORY_HIGH_WATER_BYTES;
    this.peer = options.name ?? "memory";
  }

  get bufferedBytes(): number {
    return this.#outgoing.bytes;
  }

  connect(other: MemoryTransport): void {
    this.#other = other;
  }

  start(events: TransportEvents): void {
    this.#events = events;
    this.#other.#schedule();
    if (this.#close !== undefined) this.#tellClose();
  }

  write(bytes: Uint8Array): boolean {
    if (this.#state !== "open" || this.#other.#state !== "open") return true;
    this.#outgoing.push(bytes);
    this.#schedule();
    this.#full ||= this.#outgoing.bytes >= this.#highWater;
    return !this.#full;
  }

  close(): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    // Nobody will read it: this end delivers no more.
    this.#other.#outgoing.clear();
    this.#schedule();
  }

  destroy(): void {
    this.#end({ kind: "failed", message: "destroyed by this side" });
    this.#other.#end({ kind: "failed", message: "the peer vanished" });
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#other.#schedule();
  }

  get #reading(): boolean {
    return this.#events !== undefined && !this.#paused && this.#state === "open";
  }

  #schedule(): void {
    if (this.#scheduled || this.#state === "ended") return;
    this.#scheduled = true;
    this.#options.clock.endOfTurn(() => {
      this.#scheduled = false;
      this.#deliver();
    });
  }

  /** Hands over what was queued when the turn ended. What the receiver makes this end write meanwhile leaves with the next turn. */
  #deliver(): void {
    for (let left = this.#outgoing.bytes; left > 0 && this.#other.#reading; ) {
      const chunk = this.#outgoing.take(this.#chunkLength())!;
      left -= chunk.length;
      this.#other.#events!.onBytes(chunk);
      if (this.#options.overwriteDelivered) chunk.fill(OVERWRITTEN);
    }
    if (this.#outgoing.bytes > 0) {
      if (this.#other.#reading) this.#schedule();
      return;
    }
    if (this.#state === "closing") {
      this.#other.#end({ kind: "ended", message: "closed by the peer" });
      this.#end({ kind: "ended", message: "closed by this side" });
    } else if (this.#state === "open" && this.#full) {
      this.#full = false;
      this.#events?.onDrain();
    }
  }

  #chunkLength(): number | undefined {
    const wanted = this.#options.nextChunk?.(this.#outgoing.bytes);
    return wanted === undefined ? undefined : Math.max(1, Math.trunc(wanted));
  }

  #end(close: TransportClose): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#close = close;
    this.#outgoing.clear();
    if (this.#events !== undefined) this.#tellClose();
  }

  #tellClose(): void {
    this.#options.clock.endOfTurn(() => this.#events!.onClose(this.#close!));
  }
}
