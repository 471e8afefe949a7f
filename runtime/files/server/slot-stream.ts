import type { Slot } from "./slots.ts";

/**
 * What is streamed to a client from a place that it has taken. It ends with the place, also while the client asks for nothing: what it holds open is let go at once, and
 * not when its reader comes back.
 */
export class SlotStream<T> implements AsyncIterableIterator<T> {
  readonly #slot: Slot;
  readonly #items: AsyncGenerator<T>;

  /** @param items whose `finally` lets go of what they hold */
  constructor(slot: Slot, items: AsyncGenerator<T>) {
    this.#slot = slot;
    this.#items = items;
    if (slot.signal.aborted) this.#leave();
    else slot.signal.addEventListener("abort", this.#leave, { once: true });
  }

  async next(): Promise<IteratorResult<T>> {
    this.#slot.asked();
    try {
      this.#slot.signal.throwIfAborted();
      const step = await this.#items.next();
      if (step.done) this.#slot.release();
      this.#slot.served();
      return step;
    } catch (error) {
      this.#slot.release();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<T>> {
    try {
      return await this.#items.return(undefined);
    } finally {
      this.#slot.release();
    }
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  readonly #leave = (): void => {
    // Whoever asks next is told why.
    this.return().catch(() => {});
  };
}
