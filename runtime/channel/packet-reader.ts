import { SpareMemory } from "../bytes/spare-memory.ts";
import { LENGTH_BYTES } from "./limits.ts";

/** The first memory for a packet that came in pieces. */
const MIN_KEPT_BYTES = 64;
/** When so much has arrived of a packet, the rest is worth memory for the largest one, which is used again. */
const LARGE_KEPT_BYTES = 32_768;

const large = new SpareMemory();

/**
 * Cuts a stream of bytes into packets, each behind its length. A packet that lies whole in a chunk is given in place; only a split one is copied
 * together, into memory that grows with what has arrived and not with what was announced.
 *
 * Use: `begin(chunk)`; while `nextLength()` is a length that the caller accepts, `take` it; `end()`.
 */
export class PacketReader {
  #chunk: Uint8Array | undefined;
  #offset = 0;
  /** The beginning of a split packet, length included. */
  #kept: Uint8Array | undefined;
  #keptLength = 0;
  /** Where the packet is that was taken last, if it was split. */
  #taken: Uint8Array | undefined;

  /** Bytes that wait for the rest of their packet. */
  get waiting(): number {
    return this.#keptLength;
  }

  /** Borrows the chunk until `end`. */
  begin(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#offset = 0;
  }

  /** The length before the next packet, itself not counted; -1 while it has not arrived. */
  nextLength(): number {
    const chunk = this.#chunk!;
    const offset = this.#offset;
    if (this.#keptLength === 0) return chunk.length - offset < LENGTH_BYTES ? -1 : (chunk[offset]! << 8) | chunk[offset + 1]!;
    if (this.#keptLength >= LENGTH_BYTES) return (this.#kept![0]! << 8) | this.#kept![1]!;
    return offset < chunk.length ? (this.#kept![0]! << 8) | chunk[offset]! : -1;
  }

  /** The next packet, its length before it; undefined while it is not complete. Valid until the next call, within the chunk or this reader. */
  take(length: number): Uint8Array | undefined {
    this.#release();
    const chunk = this.#chunk!;
    const start = this.#offset;
    const end = start + LENGTH_BYTES + length - this.#keptLength;
    if (end > chunk.length) return undefined;
    this.#offset = end;
    if (this.#keptLength === 0) return chunk.subarray(start, end);
    this.#keep(chunk.subarray(start, end));
    const packet = this.#kept!.subarray(0, this.#keptLength);
    // Idle connections hold no memory for packets.
    this.#taken = this.#kept;
    this.#kept = undefined;
    this.#keptLength = 0;
    return packet;
  }

  /** Gives the chunk back, and keeps a copy of what was not taken. */
  end(): void {
    this.#release();
    const chunk = this.#chunk!;
    this.#chunk = undefined;
    if (this.#offset < chunk.length) this.#keep(chunk.subarray(this.#offset));
  }

  /** As `begin`, with what waits: for a caller that stopped taking packets before the chunk was through. False when nothing waits, or it has begun. */
  beginAgain(): boolean {
    if (this.#chunk !== undefined || this.#keptLength === 0) return false;
    this.#chunk = this.#kept!.subarray(0, this.#keptLength);
    this.#offset = 0;
    this.#kept = undefined;
    this.#keptLength = 0;
    return true;
  }

  /** Forgets what waits, and the chunk. */
  drop(): void {
    this.#release();
    this.#chunk = undefined;
    this.#kept = undefined;
    this.#keptLength = 0;
  }

  #release(): void {
    if (this.#taken !== undefined) large.give(this.#taken);
    this.#taken = undefined;
  }

  #keep(bytes: Uint8Array): void {
    const length = this.#keptLength + bytes.length;
    const capacity = this.#kept?.length ?? 0;
    if (length > capacity) {
      const grown = length > LARGE_KEPT_BYTES ? large.take(length) : new Uint8Array(Math.max(length, capacity * 2, MIN_KEPT_BYTES));
      if (this.#kept !== undefined) grown.set(this.#kept.subarray(0, this.#keptLength));
      this.#kept = grown;
    }
    this.#kept!.set(bytes, this.#keptLength);
    this.#keptLength = length;
  }
}
