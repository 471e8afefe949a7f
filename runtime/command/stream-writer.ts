import type { CreditBudget } from "../session/credit.ts";

/** Where the items of an outgoing stream go. */
export interface StreamSink<T> {
  /** Whether the outbox has room. */
  readonly room: boolean;
  /** Sends one item and returns its size in bytes. Throws CommandError when the item cannot be encoded. */
  write(item: T): number;
}

/**
 * The sending end of a stream: takes items from an iterable one at a time, no faster than credit and outbox allow. That is the whole
 * backpressure of a stream: a slow reader at the far end slows the source.
 */
export class StreamWriter<T> {
  readonly #sink: StreamSink<T>;
  readonly #budget: CreditBudget;
  #iterator: AsyncIterator<T> | Iterator<T> | undefined;
  #wake: (() => void) | undefined;
  #stopped = false;

  constructor(budget: CreditBudget, sink: StreamSink<T>) {
    this.#budget = budget;
    this.#sink = sink;
  }

  /** The peer allows more items. */
  grant(items: number, bytes: number): void {
    this.#budget.grant(items, bytes);
    this.retry();
  }

  /** There may be room again. */
  retry(): void {
    if (this.#wake !== undefined && this.#ready) this.#wake();
  }

  /** Ends the pumping: the source is told by `return`, and {@link pump} resolves to false. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#wake?.();
    this.#return();
  }

  /** Sends all items. Resolves to false when it was stopped first; rejects with what the source threw. */
  async pump(source: AsyncIterable<T> | Iterable<T>): Promise<boolean> {
    const iterator = iteratorOf(source);
    this.#iterator = iterator;
    if (this.#stopped) this.#return();
    for (;;) {
      while (!this.#stopped && !this.#ready) await this.#woken();
      if (this.#stopped) return false;
      const step = await iterator.next();
      // While the source took its time, other streams may have filled the outbox.
      while (!this.#stopped && !this.#ready && !step.done) await this.#woken();
      if (this.#stopped) return false;
      if (step.done) return true;
      this.#send(step.value);
    }
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }

  /** A generator runs its finally blocks now, or when the step that it is in ends; what it throws then concerns nobody. */
  #return(): void {
    try {
      Promise.resolve(this.#iterator?.return?.()).catch(() => {});
    } catch {}
  }

  get #ready(): boolean {
    return this.#budget.open && this.#sink.room;
  }

  #send(item: T): void {
    try {
      this.#budget.spend(this.#sink.write(item));
    } catch (error) {
      this.stop();
      throw error;
    }
  }
}

function iteratorOf<T>(source: AsyncIterable<T> | Iterable<T>): AsyncIterator<T> | Iterator<T> {
  if (Symbol.asyncIterator in source) return source[Symbol.asyncIterator]();
  return source[Symbol.iterator]();
}
