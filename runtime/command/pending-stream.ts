/** A stream that is on its way: an interceptor may still decide about it. Read once, as every stream of a command. */
export class PendingStream<T> implements AsyncIterableIterator<T> {
  readonly #iterator: Promise<AsyncIterator<T> | Iterator<T>>;
  readonly #cancel: () => void;
  readonly #ended: () => void;
  #left = false;

  /**
   * @param cancel gives the call up, be the stream there or not
   * @param ended called when the stream is over, perhaps more than once
   */
  constructor(source: Promise<AsyncIterable<T> | Iterable<T>>, cancel: () => void, ended: () => void) {
    this.#cancel = cancel;
    this.#ended = ended;
    this.#iterator = source.then((items) => (Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()));
    // Nobody may ever read it.
    this.#iterator.catch(ended);
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    if (this.#left) return { done: true, value: undefined };
    try {
      const iterator = await this.#iterator;
      const step = await iterator.next();
      if (!step.done) return step;
    } catch (error) {
      this.#ended();
      if (this.#left) return { done: true, value: undefined };
      this.#left = true;
      throw error;
    }
    this.#ended();
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    if (!this.#left) {
      this.#left = true;
      this.#iterator.then((iterator) => iterator.return?.()).catch(() => {});
      this.#cancel();
      this.#ended();
    }
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
