/** Bytes that wait in order. What goes in is not copied; what comes out is copied only where it spans two chunks. */
export class ChunkQueue {
  #chunks: Uint8Array[] = [];
  /** Chunks before this one were taken. */
  #head = 0;
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  /** The next `length` bytes, at most {@link bytes}; the next chunk as it was pushed when no length is given. Undefined when empty. */
  take(length?: number): Uint8Array | undefined {
    const first = this.#chunks[this.#head];
    if (first === undefined) return undefined;
    const wanted = Math.min(length ?? first.length, this.#bytes);
    return wanted <= first.length ? this.#takeFrom(first, wanted) : this.#merge(wanted);
  }

  clear(): void {
    this.#chunks = [];
    this.#head = 0;
    this.#bytes = 0;
  }

  #takeFrom(first: Uint8Array, length: number): Uint8Array {
    this.#bytes -= length;
    if (length < first.length) {
      this.#chunks[this.#head] = first.subarray(length);
      return first.subarray(0, length);
    }
    this.#head++;
    if (this.#head === this.#chunks.length) this.clear();
    else if (this.#head > this.#chunks.length / 2) {
      this.#chunks = this.#chunks.slice(this.#head);
      this.#head = 0;
    }
    return first;
  }

  #merge(length: number): Uint8Array {
    const merged = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      const first = this.#chunks[this.#head]!;
      const part = this.#takeFrom(first, Math.min(first.length, length - at));
      merged.set(part, at);
      at += part.length;
    }
    return merged;
  }
}
