import { Fifo } from "../../command/fifo.ts";
import type { Clock } from "../../time/clock.ts";
import type { Timers } from "../../time/timers.ts";

export interface HandshakeQueueOptions {
  readonly clock: Pick<Clock, "now" | "endOfTurn">;
  readonly timers: Timers;
  /** How long a turn of the event loop may be spent on handshakes, in milliseconds. The one that exceeds it is still finished. */
  readonly budgetMs: number;
  /** The part of all time that may be spent on handshakes of strangers, above 0 and at most 0.5. Guests have as much again. */
  readonly share: number;
  /** Whether the next handshake is held to no share: see {@link Trust}. */
  readonly free: () => boolean;
}

/** A turn counts at most so many times its budget: what is longer was the machine's doing, which gave the time to others. */
const COUNTED_BUDGETS = 4;

/**
 * Does the Diffie-Hellmans of handshakes a little in each turn of the event loop, so that however many come, the sessions that there are wait for a
 * few of them only. Beyond what has earned trust they take no more than a share of all time. Clients with a ticket (guests) have a share of their own, which no others can take.
 */
export class HandshakeQueue {
  readonly #options: HandshakeQueueOptions;
  readonly #strangers = new Fifo<() => void>();
  readonly #guests = new Fifo<() => void>();
  #guestsTurn = false;
  #running = false;
  /** Until then the time that was spent is more than the share. */
  #restsUntil = 0;

  constructor(options: HandshakeQueueOptions) {
    this.#options = options;
  }

  /** Pieces of work that wait, of clients without a ticket. */
  get strangers(): number {
    return this.#strangers.length;
  }

  push(work: () => void, guest: boolean): void {
    (guest ? this.#guests : this.#strangers).push(work);
    if (!this.#running) this.#schedule();
  }

  #schedule(): void {
    this.#running = true;
    const { clock, timers } = this.#options;
    const restMs = this.#restsUntil - clock.now();
    if (restMs > 0) timers.after(restMs, this.#turn);
    else clock.endOfTurn(this.#turn);
  }

  readonly #turn = (): void => {
    const { clock, budgetMs, share, free } = this.#options;
    const began = clock.now();
    const isFree = free();
    const shares = this.#guests.length > 0 ? 2 * share : share;
    try {
      do this.#next()?.();
      while (this.#waiting && clock.now() < began + budgetMs);
    } finally {
      if (!isFree) this.#restsUntil = began + Math.min(clock.now() - began, COUNTED_BUDGETS * budgetMs) / shares;
      this.#running = false;
      if (this.#waiting) this.#schedule();
    }
  };

  get #waiting(): boolean {
    return this.#strangers.length + this.#guests.length > 0;
  }

  /** By turns, while both wait. */
  #next(): (() => void) | undefined {
    this.#guestsTurn = !this.#guestsTurn;
    const [first, second] = this.#guestsTurn ? [this.#guests, this.#strangers] : [this.#strangers, this.#guests];
    return first.shift() ?? second.shift();
  }
}
