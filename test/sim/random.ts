/** Everything that a simulated world decides by chance comes from one of these, and all of these from one seed. */
export class SimRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
    // Neighbouring seeds begin far apart.
    this.#state = Math.imul(this.next() ^ (seed >>> 0), 0x9e3779b1) >>> 0;
  }

  /** 32 random bits (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * limit);
  }

  /** A whole number, both bounds included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(probability: number): boolean {
    return this.next() < probability * 0x1_0000_0000;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** From 1 to `high`, small ones as likely as each greater order of magnitude. */
  skewed(high: number): number {
    return Math.max(1, Math.floor(2 ** ((this.next() / 0x1_0000_0000) * Math.log2(high + 1))));
  }

  /** Another source, whose draws do not disturb those of this one. */
  fork(): SimRandom {
    return new SimRandom(this.next());
  }

  /** Fresh memory, since channels wipe what they draw. */
  readonly bytes = (length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at++) bytes[at] = this.next() >>> 24;
    return bytes;
  };
}
