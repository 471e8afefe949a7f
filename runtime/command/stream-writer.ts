import type { CreditBudget } from "../session/credit.ts";
import type { IdleDeadline } from "./idle-deadline.ts";
import type { StreamTurns, TurnTaker } from "./stream-turns.ts";

/** Where the items of an outgoing stream go. */
export interface StreamSink<T> {
  /** Whether the outbox has room. */
  readonly room: boolean;
  /** Sends one item and returns its size in bytes. Throws CommandError when the item cannot be encoded. */
  write(item: T): number;
}

/** What a writer waits for: to ask its source, or to send the item that it has. */
interface Wait<T> {
  readonly item: { readonly value: T } | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The sending end of a stream: takes items from an iterable one at a time, no faster than credit and outbox allow, and sends them when it is its
 * turn. That is the whole backpressure of a stream: a slow reader at the far end slows the source.
 */
export class StreamWriter<T> implements TurnTaker {
  readonly #sink: StreamSink<T>;
  readonly #budget: CreditBudget;
  readonly #turns: StreamTurns;
  #iterator: AsyncIterator<T> | Iterator<T> | undefined;
  #wait: Wait<T> | undefined;
  #stopped = false;
  /** The source has returned. */
  #left!: () => void;
  /** Of the command, where its schema has one. */
  idle: IdleDeadline | undefined;
  sentBytes = 0;
  asking = false;
  late = false;

  constructor(budget: CreditBudget, sink: StreamSink<T>, turns: StreamTurns) {
    this.#budget = budget;
    this.#sink = sink;
    this.#turns = turns;
  }

  get able(): boolean {
    return this.#budget.open && this.#sink.room;
  }

  /** The peer allows more items. */
  grant(items: number, bytes: number): void {
    if (this.#budget.grant(items, bytes)) this.idle?.moved();
    this.retry();
  }

  /** There may be room again. */
  retry(): void {
    const wait = this.#wait;
    if (wait === undefined || !this.able || (wait.item !== undefined && !this.#turns.allows(this))) return;
    this.#wait = undefined;
    try {
      if (wait.item !== undefined) this.#send(wait.item.value);
      wait.resolve();
    } catch (error) {
      wait.reject(error);
    }
  }

  /** Ends the pumping: the source is told by `return`, and {@link pump} resolves to false. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#wait?.resolve();
    this.#wait = undefined;
    this.#return();
    this.#turns.leave(this);
  }

  /**
   * Sends all items. Resolves to false when it was stopped first, and the source has returned, whether or not it answers what it was asked before that; rejects with
   * what the source threw.
   */
  pump(source: AsyncIterable<T> | Iterable<T>): Promise<boolean> {
    const left = new Promise<false>((resolve) => {
      this.#left = () => resolve(false);
    });
    return Promise.race([this.#sendAll(source), left]);
  }

  async #sendAll(source: AsyncIterable<T> | Iterable<T>): Promise<boolean> {
    const iterator = iteratorOf(source);
    this.#iterator = iterator;
    if (this.#stopped) this.#return();
    else this.#turns.join(this);
    try {
      for (;;) {
        if (!this.#stopped && !this.able) await this.#until(undefined);
        if (this.#stopped) return false;
        this.asking = true;
        const step = await iterator.next();
        this.asking = this.late = false;
        if (this.#stopped) return false;
        if (step.done) return true;
        // While the source took its time, other streams may have filled the outbox.
        if (this.able && this.#turns.allows(this)) this.#send(step.value);
        else await this.#until({ value: step.value });
      }
    } finally {
      this.#turns.leave(this);
    }
  }

  #until(item: { readonly value: T } | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#wait = { item, resolve, reject };
    });
  }

  /** A generator runs its finally blocks now, or when the step that it is in ends; what it throws then concerns nobody. */
  #return(): void {
    const iterator = this.#iterator;
    if (iterator?.return !== undefined) (async () => iterator.return!())().then(this.#left, this.#left);
  }

  #send(item: T): void {
    let size: number;
    try {
      size = this.#sink.write(item);
    } catch (error) {
      this.stop();
      throw error;
    }
    this.#budget.spend(size);
    this.idle?.moved();
    this.#turns.sent(this, size);
  }
}

function iteratorOf<T>(source: AsyncIterable<T> | Iterable<T>): AsyncIterator<T> | Iterator<T> {
  if (Symbol.asyncIterator in source) return source[Symbol.asyncIterator]();
  return source[Symbol.iterator]();
}
