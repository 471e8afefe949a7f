/** Bytes of broadcasts that may wait for one process: what it takes in a second or so, and room for some of the largest. */
export const UNSENT_BYTES = 67_108_864;

/** What was told to another process and has not left this one, bounded in number and in bytes. */
export class UnsentBroadcasts {
  readonly #most: number;
  #count = 0;
  #bytes = 0;

  /** @param most how many may wait */
  constructor(most: number) {
    this.#most = most;
  }

  get full(): boolean {
    return this.#count >= this.#most || this.#bytes >= UNSENT_BYTES;
  }

  /** Returns what to call once that has left, or cannot any more. */
  add(bytes: number): () => void {
    this.#count++;
    this.#bytes += bytes;
    return () => {
      this.#count--;
      this.#bytes -= bytes;
    };
  }
}
