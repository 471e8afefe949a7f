import type { Timers } from "../time/timers.ts";

/** Waits that can be cut short. */
export class InterruptibleWait {
  readonly #timers: Timers;
  readonly #ends = new Set<() => void>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Fulfils after `ms`, or earlier at {@link end}. Rejects with the signal's reason. */
  wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const settle = (tell: () => void) => (): void => {
        timer.cancel();
        signal?.removeEventListener("abort", abort);
        this.#ends.delete(end);
        tell();
      };
      const end = settle(resolve);
      const abort = settle(() => reject(signal!.reason));
      const timer = this.#timers.after(ms, end);
      signal?.addEventListener("abort", abort);
      this.#ends.add(end);
    });
  }

  /** Ends all waits now. */
  end(): void {
    for (const end of [...this.#ends]) end();
  }
}
