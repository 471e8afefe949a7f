import type { IncomingBlob } from "./incoming-blob.ts";

/**
 * What a handler streams in answer to a blob. The blob is closed with it; a handler that made something of a blob which did not come whole has made nothing.
 * No generator: those would keep a source that waits from being let go.
 */
export class BlobAnswer implements AsyncIterableIterator<unknown> {
  readonly #items: AsyncIterator<unknown> | Iterator<unknown>;
  readonly #blob: IncomingBlob;

  constructor(items: AsyncIterable<unknown> | Iterable<unknown>, blob: IncomingBlob) {
    this.#items = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
    this.#blob = blob;
  }

  async next(): Promise<IteratorResult<unknown>> {
    try {
      const step = await this.#items.next();
      if (!step.done) return step;
      this.#blob.check();
      await this.#blob.close();
      return step;
    } catch (error) {
      await this.#blob.close();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<unknown>> {
    // The blob goes also where the handler's own end fails, or waits for ever.
    await Promise.all([(async () => this.#items.return?.())(), this.#blob.close()]);
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
