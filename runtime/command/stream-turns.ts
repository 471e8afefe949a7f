/** Bytes by which a stream may be ahead of another one that could send as well: a few small items, so that whoever has them sends several at once. */
const LEAD_BYTES = 4_096;

/** A stream that sends. */
export interface TurnTaker {
  /** Bytes that it sent, or would have if it had always had something to send. */
  sentBytes: number;
  /** Whether credit and outbox let it send. */
  readonly able: boolean;
  /** It asked its source, which has not answered. */
  readonly asking: boolean;
  /** Its source did not answer within the turn in which others waited for it. */
  late: boolean;
  /** Sends what waits, if it may. */
  retry(): void;
}

/**
 * Takes care that the streams of a session get equal shares, counted in bytes, whatever their items and sources are like: none is more than
 * {@link LEAD_BYTES} and one item ahead of another one that could send as well. One that lacks credit is waited for by nobody, one whose source has
 * nothing until the end of the turn; what they miss meanwhile is not made up for.
 */
export class StreamTurns {
  readonly #endOfTurn: (run: () => void) => void;
  readonly #takers = new Set<TurnTaker>();
  /** Those that are too far ahead. */
  readonly #held = new Set<TurnTaker>();
  /** What each that can send has sent at least. */
  #level = 0;
  #settling = false;
  #again = false;
  #checks = false;

  /** @param endOfTurn runs a function after the current turn of the event loop */
  constructor(endOfTurn: (run: () => void) => void) {
    this.#endOfTurn = endOfTurn;
  }

  join(taker: TurnTaker): void {
    this.#takers.add(taker);
  }

  leave(taker: TurnTaker): void {
    this.#takers.delete(taker);
    this.#held.delete(taker);
    this.#settle();
  }

  /** There may be room again. */
  retry(): void {
    for (const taker of this.#takers) taker.retry();
  }

  /** Whether it may send now. It is retried when it may later. */
  allows(taker: TurnTaker): boolean {
    if (taker.sentBytes < this.#level) taker.sentBytes = this.#level;
    if (taker.sentBytes > this.#level + LEAD_BYTES) this.#level = this.#lowest();
    if (taker.sentBytes <= this.#level + LEAD_BYTES) {
      // Held, it would be looked at in every turn of the event loop, for as long as its source had nothing.
      this.#held.delete(taker);
      return true;
    }
    this.#held.add(taker);
    this.#checkLater();
    return false;
  }

  /** It sent an item. */
  sent(taker: TurnTaker, bytes: number): void {
    const lowest = taker.sentBytes <= this.#level;
    taker.sentBytes += bytes;
    if (lowest) this.#settle();
  }

  /** Lets those go on that are not too far ahead any more. */
  #settle(): void {
    this.#again = true;
    if (this.#settling || this.#held.size === 0) return;
    this.#settling = true;
    while (this.#again) {
      this.#again = false;
      this.#level = this.#lowest();
      for (const taker of this.#held) {
        if (taker.sentBytes > this.#level + LEAD_BYTES) continue;
        this.#held.delete(taker);
        taker.retry();
      }
    }
    this.#settling = false;
    if (this.#held.size > 0) this.#checkLater();
  }

  #lowest(): number {
    let lowest = Number.POSITIVE_INFINITY;
    for (const taker of this.#takers) {
      if (taker.late || !taker.able) continue;
      if (taker.sentBytes < this.#level) taker.sentBytes = this.#level;
      lowest = Math.min(lowest, taker.sentBytes);
    }
    return lowest === Number.POSITIVE_INFINITY ? this.#level : lowest;
  }

  #checkLater(): void {
    if (this.#checks) return;
    this.#checks = true;
    this.#endOfTurn(this.#check);
  }

  /** Whoever has nothing to send by now is not waited for; whoever cannot send is retried when it can. */
  readonly #check = (): void => {
    this.#checks = false;
    for (const taker of this.#takers) if (taker.asking) taker.late = true;
    for (const taker of this.#held) if (!taker.able) this.#held.delete(taker);
    this.retry();
    this.#settle();
  };
}
