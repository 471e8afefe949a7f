/** The least; the others are twice, four times and so on as large. Each is a power of two and a part more: what is around an item or in a record of such a size. */
const LEAST_BYTES = 128 + 4;
/** Twice what one session holds for its peer. */
const KEPT_BYTES = 8_388_608;

/**
 * Memory for what is soon over. New memory would cost more than what is done in it: an ArrayBuffer takes five times as long as to write a hundred bytes into it, what is large
 * the system clears page by page, and the garbage collector runs once for some thirty megabytes of it.
 */
export class SpareMemory {
  /** By its size. */
  readonly #spare = new Map<number, Uint8Array[]>();
  readonly #mostBytes: number;
  #keptBytes = 0;

  /** @param mostBytes what waits for its next use, in all. The rest is left to the garbage collector. */
  constructor(mostBytes: number = KEPT_BYTES) {
    this.#mostBytes = mostBytes;
  }

  /** At least so many bytes, with whatever they held before. */
  take(bytes: number): Uint8Array {
    let size = LEAST_BYTES;
    while (size < bytes) size *= 2;
    const memory = this.#spare.get(size)?.pop();
    if (memory !== undefined) this.#keptBytes -= size;
    else if (!this.#spare.has(size)) this.#spare.set(size, []);
    return memory ?? new Uint8Array(size);
  }

  /** Takes memory back, all that `bytes` is a part of. Nobody may look at it any more. Memory of other sizes is left to the garbage collector. */
  give(bytes: Uint8Array): void {
    const size = bytes.buffer.byteLength;
    const memory = this.#spare.get(size);
    if (memory === undefined || this.#keptBytes + size > this.#mostBytes) return;
    memory.push(bytes.length === size ? bytes : new Uint8Array(bytes.buffer));
    this.#keptBytes += size;
  }
}
