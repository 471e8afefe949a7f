import type { Chance } from "./chance.ts";

const DEFAULT_BACKOFF_BASE_MS = 250;
const DEFAULT_BACKOFF_CAP_MS = 15_000;

export interface BackoffOptions {
  readonly chance: Chance;
  /** The most that the first wait takes. Default 250. */
  readonly baseMs?: number | undefined;
  /** The most that any wait takes. Default 15,000. */
  readonly capMs?: number | undefined;
}

/**
 * How long to wait after each failure: anything from nothing to a bound that doubles, so that clients that failed together spread out.
 *
 * Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015: full jitter.
 */
export class Backoff {
  readonly #chance: Chance;
  readonly #baseMs: number;
  readonly #capMs: number;
  #failures = 0;

  constructor(options: BackoffOptions) {
    this.#chance = options.chance;
    this.#baseMs = options.baseMs ?? DEFAULT_BACKOFF_BASE_MS;
    this.#capMs = options.capMs ?? DEFAULT_BACKOFF_CAP_MS;
  }

  /** Failures since the last {@link reset}. */
  get failures(): number {
    return this.#failures;
  }

  /**
   * Milliseconds to wait after another failure.
   *
   * @param notBeforeMs How long a server asked to be left alone. The jitter is added to it, or all that it refused would return together.
   */
  next(notBeforeMs = 0): number {
    const bound = Math.min(this.#capMs, this.#baseMs * 2 ** this.#failures++);
    return notBeforeMs + this.#chance() * bound;
  }

  /** All is well: the next failure is the first one. */
  reset(): void {
    this.#failures = 0;
  }
}
