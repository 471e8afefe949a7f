import { CommandError } from "../errors/command-error.ts";
import { ProtocolError } from "../session/protocol-error.ts";
import type { StreamBudget } from "../session/stream-budget.ts";
import type { StreamWindow } from "../session/stream-window.ts";
import { Fifo } from "./fifo.ts";
import type { IdleDeadline } from "./idle-deadline.ts";

/** What a stream asks of the command that it belongs to. */
export interface StreamReaderHost {
  /** The reader took half a window: the peer may be told. */
  grant(): void;
  /** The reader left before the end. */
  abandoned(): void;
}

interface Waiter<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The receiving end of a stream: items wait in it, as many as their credit allows, until its one reader takes them. Leaving the loop (or
 * `return`) gives the stream up.
 */
export class StreamReader<T> implements AsyncIterableIterator<T> {
  readonly #window: StreamWindow;
  readonly #host: StreamReaderHost;
  readonly #items = new Fifo<{ readonly value: T; readonly size: number }>();
  readonly #waiters: Waiter<T>[] = [];
  #end: "open" | "finished" | "failed" = "open";
  #error: unknown;
  #left = false;
  /** The peer sent its END. */
  #complete = false;
  /** Of the command, where its schema has one. */
  idle: IdleDeadline | undefined;

  constructor(window: StreamWindow, host: StreamReaderHost) {
    this.#window = window;
    this.#host = host;
  }

  /**
   * An item arrived. Throws ProtocolError when the peer had no credit for it, CommandError when it cannot be decoded or as much as may be waits for
   * the readers of this session. `decode` is not called when nobody will read the item.
   */
  push(size: number, decode: () => T): void {
    if (this.#complete) throw new ProtocolError("a stream item was sent after the end of its stream");
    if (!this.#window.receive(size)) throw new ProtocolError("a stream item was sent without credit");
    if (this.#left || this.#end !== "open") return;
    this.idle?.moved();
    if (this.#waiters.length === 0) {
      if (!this.#window.hold(size)) throw tooMuchWaits(this.#window.budget);
      this.#items.push({ value: decode(), size });
    } else {
      const value = decode();
      this.#renew(this.#window.take(size));
      this.#waiters.shift()!.resolve({ done: false, value });
    }
  }

  /** The peer said that its last item was sent. Throws ProtocolError when it says so twice. */
  complete(): void {
    if (this.#complete) throw new ProtocolError("the end of a stream was sent twice");
    this.#complete = true;
    this.finish();
  }

  /** No more items will come. */
  finish(): void {
    if (this.#end !== "open") return;
    this.#end = "finished";
    for (const waiter of this.#waiters.splice(0)) waiter.resolve({ done: true, value: undefined });
  }

  /** The stream broke; items that arrived before can still be read. Who left is told nothing. */
  fail(error: unknown): void {
    if (this.#end !== "open" || this.#left) return;
    this.#end = "failed";
    this.#error = error;
    const [first, ...others] = this.#waiters.splice(0);
    first?.reject(error);
    for (const waiter of others) waiter.resolve({ done: true, value: undefined });
    if (first !== undefined) this.#end = "finished";
  }

  /** What the sender may send was told over a connection that is gone. */
  restate(): void {
    if (this.#end !== "open" || this.#left) return;
    this.#window.restate();
    this.#host.grant();
  }

  /** The command is over: what waits here is its reader's affair from now on. */
  close(): void {
    this.#window.close();
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#items.length > 0) return Promise.resolve({ done: false, value: this.#shift() });
    if (this.#end === "failed") {
      this.#end = "finished";
      return Promise.reject(this.#error);
    }
    if (this.#left || this.#end === "finished") return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  return(): Promise<IteratorResult<T, undefined>> {
    if (!this.#left) {
      this.#left = true;
      this.#items.clear();
      this.#window.close();
      for (const waiter of this.#waiters.splice(0)) waiter.resolve({ done: true, value: undefined });
      if (this.#end === "open") this.#host.abandoned();
    }
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #shift(): T {
    const item = this.#items.shift()!;
    this.#renew(this.#window.takeHeld(item.size));
    return item.value;
  }

  #renew(due: boolean): void {
    const told = this.idle?.took() === true;
    if ((due || told) && this.#end === "open") this.#host.grant();
  }
}

function tooMuchWaits({ heldBytes, limits: { streamBudgetBytes } }: StreamBudget): CommandError {
  const message = `${heldBytes} bytes of stream items wait for their readers in this session; the limit streamBudgetBytes is ${streamBudgetBytes}`;
  return new CommandError("RESOURCE_EXHAUSTED", message);
}
