import { checkCounts } from "../common-options.ts";
import { checkOptions } from "../errors/options.ts";
import type { Load } from "../command/load.ts";
import type { Timer, Timers } from "../time/timers.ts";

/** From where on a server counts as overloaded; what is left out is not watched. */
export interface OverloadOptions {
  /** How late this process may do what is due, in milliseconds, for half a second: 100 is a good beginning. */
  readonly lagMs?: number | undefined;
  /** The memory that this process may hold (resident set size), in bytes. */
  readonly memoryBytes?: number | undefined;
}

const SAMPLE_MS = 250;
/** One pause, however long, counts so much of `lagMs` at most: two in a row are overload, one is not. */
const MOST_OF_LAG = 1.5;
/** A server is no longer overloaded when it was calm so many times in a row. */
const CALM_SAMPLES = 4;
/** Calm: below these parts of `lagMs` and `memoryBytes`. Closer together, the state would flutter. */
const CALM_LAG = 0.5;
const CALM_MEMORY = 0.9;
/** Longer than calm takes to be believed. */
const RETRY_AFTER_MS = 2_000;

export interface OverloadHost {
  readonly timers: Timers;
  /** Bytes that this process holds. */
  memory(): number;
  changed(overloaded: boolean): void;
}

/** Watches the event loop and the memory of a process, so that new work is refused before it hurts what is under way. */
export class OverloadMonitor implements Load {
  readonly #options: OverloadOptions;
  readonly #host: OverloadHost;
  /** Half of it is the newest sample. */
  #lagMs = 0;
  #calm = 0;
  #overloaded = false;
  #timer: Timer | undefined;

  /** Throws TypeError for unknown options and impossible values. */
  constructor(options: OverloadOptions, host: OverloadHost) {
    checkOptions("overload", options, ["lagMs", "memoryBytes"]);
    checkCounts(options, ["lagMs", "memoryBytes"]);
    this.#options = options;
    this.#host = host;
    this.#sample();
  }

  get retryAfterMs(): number {
    return this.#overloaded ? RETRY_AFTER_MS : 0;
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #sample(): void {
    const { timers } = this.#host;
    const due = timers.now() + SAMPLE_MS;
    this.#timer = timers.after(SAMPLE_MS, () => {
      this.#judge(timers.now() - due);
      this.#sample();
    });
  }

  #judge(sampleMs: number): void {
    const { lagMs = Number.POSITIVE_INFINITY, memoryBytes = Number.POSITIVE_INFINITY } = this.#options;
    this.#lagMs = (this.#lagMs + Math.min(sampleMs, MOST_OF_LAG * lagMs)) / 2;
    const memory = memoryBytes === Number.POSITIVE_INFINITY ? 0 : this.#host.memory();
    if (this.#lagMs >= lagMs || memory >= memoryBytes) this.#become(true);
    else if (this.#lagMs >= CALM_LAG * lagMs || memory >= CALM_MEMORY * memoryBytes) this.#calm = 0;
    else if (++this.#calm >= CALM_SAMPLES) this.#become(false);
  }

  #become(overloaded: boolean): void {
    this.#calm = 0;
    if (overloaded === this.#overloaded) return;
    this.#overloaded = overloaded;
    this.#host.changed(overloaded);
  }
}
