import { Writer } from "./writer.ts";

/**
 * The unknown fields of a message that comes in several occurrences. Each goes on in the memory of the one before, for a peer may send a
 * hundred thousand of two bytes each after one of a megabyte: to copy that each time would take minutes.
 */
export class MergedUnknown extends Writer {
  readonly #finished: Map<Uint8Array, Writer>;

  /** @param finished remembers which writer holds what was finished last */
  constructor(unknown: Uint8Array, finished: Map<Uint8Array, Writer>) {
    super(unknown.length + 64);
    this.#finished = finished;
    this.raw(unknown);
  }

  /** What was kept so far, in place: what comes later is written behind it. */
  override finish(): Uint8Array {
    const bytes = this.view();
    this.#finished.set(bytes, this);
    return bytes;
  }
}
