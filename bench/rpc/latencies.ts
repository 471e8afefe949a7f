/** How long calls took. */
export class Latencies {
  #milliseconds: Float64Array = new Float64Array(65_536);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(milliseconds: number): void {
    if (this.#count === this.#milliseconds.length) {
      const larger = new Float64Array(this.#count * 2);
      larger.set(this.#milliseconds);
      this.#milliseconds = larger;
    }
    this.#milliseconds[this.#count++] = milliseconds;
  }

  /** In ms, in no order. */
  all(): readonly number[] {
    return Array.from(this.#milliseconds.subarray(0, this.#count));
  }

  /** How long these parts of the calls took at most; 0 when there was none. */
  quantiles(...parts: readonly number[]): readonly number[] {
    const sorted = this.#milliseconds.subarray(0, this.#count).sort();
    return parts.map((part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0);
  }
}
