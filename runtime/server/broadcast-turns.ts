/**
 * When broadcasts leave. What a turn of the event loop sends to a session should leave as one record, so a broadcast would wait for the turn's end; but one that is
 * alone there leaves at once: each session is looked at once, while its memory is near, which takes a fifth off a delivery to a thousand. Whether more will come
 * nobody knows, so the last turn that had any tells: after one that had several, all wait.
 */
export class BroadcastTurns {
  readonly #endOfTurn: (run: () => void) => void;
  #count = 0;
  #severalBefore = false;

  /** @param endOfTurn runs a function after the current turn of the event loop */
  constructor(endOfTurn: (run: () => void) => void) {
    this.#endOfTurn = endOfTurn;
  }

  /** One more broadcast. Whether it leaves at once. */
  begin(): boolean {
    if (this.#count++ > 0) return false;
    this.#endOfTurn(this.#over);
    return !this.#severalBefore;
  }

  readonly #over = (): void => {
    this.#severalBefore = this.#count > 1;
    this.#count = 0;
  };
}
