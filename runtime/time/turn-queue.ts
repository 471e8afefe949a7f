/** Something to do. False when it was not needed any more, and cost nothing. */
export type TurnTask = () => boolean;

/**
 * Does a few things in each turn of the event loop, in the order in which they come. Where thousands come at once, what they bring about is dealt with in between, and so
 * is what has nothing to do with them.
 */
export class TurnQueue {
  readonly #endOfTurn: (run: () => void) => void;
  readonly #perTurn: number;
  readonly #waiting: TurnTask[] = [];

  /** @param endOfTurn runs a function after the next full poll of input */
  constructor(endOfTurn: (run: () => void) => void, perTurn: number) {
    this.#endOfTurn = endOfTurn;
    this.#perTurn = perTurn;
  }

  /** Has it done after the next full poll of input, or after a later one where many wait. */
  readonly add = (task: TurnTask): void => {
    if (this.#waiting.push(task) === 1) this.#endOfTurn(this.#turn);
  };

  readonly #turn = (): void => {
    const waiting = this.#waiting;
    let next = 0;
    try {
      for (let done = 0; done < this.#perTurn && next < waiting.length; ) if (waiting[next++]!()) done++;
    } finally {
      // One that throws does not take the others with it.
      waiting.splice(0, next);
      if (waiting.length > 0) this.#endOfTurn(this.#turn);
    }
  };
}
