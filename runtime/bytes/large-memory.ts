/** The least; the others are twice, four times and so on as large. */
const LEAST_BYTES = 32_768;
/** Beyond that: what is around an item or in a record of such a size. */
const AROUND_BYTES = 1_024;
/** Twice what one session holds for its peer. */
const KEPT_BYTES = 8_388_608;

/**
 * Memory for what is large and soon over. New memory would cost more than what is done in it: the system clears it page by page, and the garbage collector runs
 * once for some thirty megabytes of it.
 */
export class LargeMemory {
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
    while (size + AROUND_BYTES < bytes) size *= 2;
    size += AROUND_BYTES;
    const memory = this.#spare.get(size)?.pop();
    if (memory !== undefined) this.#keptBytes -= size;
    else if (!this.#spare.has(size)) this.#spare.set(size, []);
    return memory ?? new Uint8Array(size);
  }

  /** Takes memory back, all that `bytes` is a part of. Nobody may look at it any more. Memory of other sizes is left to the garbage collector. */
  give({ buffer }: Uint8Array): void {
    const memory = this.#spare.get(buffer.byteLength);
    if (memory === undefined || this.#keptBytes + buffer.byteLength > this.#mostBytes) return;
    memory.push(new Uint8Array(buffer));
    this.#keptBytes += buffer.byteLength;
  }
}
