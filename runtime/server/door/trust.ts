/** What a server that knows nothing of its clients yet lets begin. Some 20 ms of work. */
const FIRST_WINDOW = 64;
const SMALLEST_WINDOW = 16;
const LARGEST_WINDOW = 4_096;

/**
 * How many handshakes may be unfinished before newcomers are held to a share of the time. One more for each that is finished, half as many when one comes
 * to nothing, as TCP does with what is under way (RFC 5681): so clients that mean it, a whole town after a power cut, are let in as fast as the server can,
 * and whoever only begins handshakes soon has no more than the share.
 */
export class Trust {
  #window = FIRST_WINDOW;
  #unfinished = 0;

  /** Whether the next handshake is free of the share. */
  get free(): boolean {
    return this.#unfinished < this.#window;
  }

  begun(): void {
    this.#unfinished++;
  }

  /** One that had begun is over. */
  over(finished: boolean): void {
    this.#unfinished--;
    const window = finished ? this.#window + 1 : this.#window >> 1;
    this.#window = Math.min(Math.max(window, SMALLEST_WINDOW), LARGEST_WINDOW);
  }
}
