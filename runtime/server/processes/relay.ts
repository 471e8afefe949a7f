import type { Timer, Timers } from "../../time/timers.ts";
import type { Transport, TransportEvents } from "../../transport/transport.ts";

/** How long one end may take to get what the other end sent before it ended. */
const LINGER_MS = 10_000;

/** Two transports of which each gets what the other brings, no faster than it takes it, until either ends. */
export class Relay {
  readonly #ends: readonly Transport[];
  readonly #timers: Timers;
  readonly #ended: () => void;
  #open = 2;
  #linger: Timer | undefined;

  /**
   * @param first what the target gets before all that the source brings
   * @param ended called when both have ended
   */
  constructor(source: Transport, target: Transport, first: Uint8Array, timers: Timers, ended: () => void) {
    this.#ends = [source, target];
    this.#timers = timers;
    this.#ended = ended;
    target.start(this.#into(source, target));
    target.write(first);
    source.start(this.#into(target, source));
  }

  /** Ends both at once. */
  destroy(): void {
    for (const end of this.#ends) end.destroy();
  }

  #into(to: Transport, from: Transport): TransportEvents {
    return {
      onBytes: (bytes) => {
        // They are the transport's that brought them; what is written belongs to the one that takes it.
        if (!to.write(bytes.slice())) from.pause();
      },
      onDrain: () => to.resume(),
      onClose: ({ kind }) => {
        if (--this.#open === 0) this.#over();
        else if (kind === "failed") to.destroy();
        else this.#finish(to);
      },
    };
  }

  #finish(end: Transport): void {
    end.close();
    this.#linger = this.#timers.after(LINGER_MS, () => end.destroy());
  }

  #over(): void {
    this.#linger?.cancel();
    this.#ended();
  }
}
