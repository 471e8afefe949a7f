import type { Look } from "./liveness.ts";

/** So many peers are probed, or given up, in one turn of the event loop: what that costs is a small part of a turn in which there is much to do. */
export const PROBES_PER_TURN = 16;

/**
 * When silent peers are probed. What they sent may wait in the kernel, and what they did not send may be this process's doing: one that has just told thousands something
 * reads nothing meanwhile. So their input is read first, and again after every few probes: else all of them would be probed at once, and their answers keep it busy for longer still.
 */
export class ProbeTurns {
  readonly #endOfTurn: (run: () => void) => void;
  #waiting: Look[] = [];
  #next = 0;

  /** @param endOfTurn runs a function after the next full poll of input */
  constructor(endOfTurn: (run: () => void) => void) {
    this.#endOfTurn = endOfTurn;
  }

  /** Has one look after the next full poll of input, or after a later one where many wait. */
  readonly add = (look: Look): void => {
    if (this.#waiting.push(look) === 1) this.#endOfTurn(this.#turn);
  };

  readonly #turn = (): void => {
    try {
      for (let probes = 0; probes < PROBES_PER_TURN && this.#next < this.#waiting.length; ) if (this.#waiting[this.#next++]!()) probes++;
    } finally {
      // One that throws does not take the others with it.
      if (this.#next < this.#waiting.length) this.#endOfTurn(this.#turn);
      else {
        this.#waiting = [];
        this.#next = 0;
      }
    }
  };
}
