/** What was numbered by one flush, to be freed when the peer acknowledges its last frame. */
interface Flush {
  readonly upTo: number;
  readonly bytes: number;
  /** How many bytes the connection had been given with its last one; -1 until that is given. */
  sent: number;
}

/** The flushes of one outbox that the peer has not accepted. */
export class Unacked {
  readonly #flushes: Flush[] = [];
  /** Of all of them. */
  bytes = 0;

  push(upTo: number, bytes: number): void {
    this.#flushes.push({ upTo, bytes, sent: -1 });
    this.bytes += bytes;
  }

  /** The connection was given the numbered frames up to this one, which makes `sent` bytes of all. */
  given(handed: number, sent: number): void {
    const flushes = this.#flushes;
    for (let at = flushes.length - 1; at >= 0 && flushes[at]!.sent < 0; at--) if (flushes[at]!.upTo <= handed) flushes[at]!.sent = sent;
  }

  /** Another connection, which was given nothing. */
  again(): void {
    for (const flush of this.#flushes) flush.sent = -1;
  }

  /** The peer accepted the numbered frames up to this one. How many bytes it had been given with the last flush that is free now; undefined when none is. */
  accept(number: number): number | undefined {
    const flushes = this.#flushes;
    let done = 0;
    while (done < flushes.length && flushes[done]!.upTo <= number) this.bytes -= flushes[done++]!.bytes;
    if (done === 0) return undefined;
    const { sent } = flushes[done - 1]!;
    // Nearly always all of them.
    if (done === flushes.length) flushes.length = 0;
    else flushes.splice(0, done);
    return sent;
  }
}
