import type { Attempt, DialTarget } from "../../../runtime/discovery/target.ts";
import type { EndError } from "../../../runtime/session/session-end.ts";
import type { Timers } from "../../../runtime/time/timers.ts";

/** What becomes of an attempt. */
export interface Behaviour {
  /** Milliseconds until it settles. Default: never. */
  readonly afterMs?: number;
  /** Fails with it. Default: fulfils. */
  readonly error?: EndError | Error;
  /** Does not listen to being aborted, and settles all the same. */
  readonly stubborn?: boolean;
}

export interface Started {
  readonly target: DialTarget;
  /** The address, or the URL where there is none. */
  readonly name: string;
  readonly at: number;
  readonly signal: AbortSignal;
  settled: "won" | "failed" | undefined;
}

/** Attempts as a test wants them to go, each remembered. What is not scripted hangs until it is aborted. */
export class ScriptedAttempts {
  readonly started: Started[] = [];
  /** The most that were under way at a time. */
  most = 0;
  readonly #timers: Timers;
  readonly #behaviour: (name: string) => Behaviour | undefined;

  constructor(timers: Timers, behaviour: Readonly<Record<string, Behaviour>> | ((name: string) => Behaviour | undefined)) {
    this.#timers = timers;
    this.#behaviour = typeof behaviour === "function" ? behaviour : (name) => behaviour[name];
  }

  /** Names with the times of their starts. */
  get order(): readonly (readonly [name: string, at: number])[] {
    return this.started.map(({ name, at }) => [name, at]);
  }

  /** Attempts that have neither settled nor been aborted. */
  get open(): readonly Started[] {
    return this.started.filter(({ settled, signal }) => settled === undefined && !signal.aborted);
  }

  readonly attempt: Attempt<string> = (target, signal) => {
    const name = target.address ?? target.endpoint.url;
    const started: Started = { target, name, at: this.#timers.now(), signal, settled: undefined };
    this.started.push(started);
    this.most = Math.max(this.most, this.open.length);
    const { afterMs, error, stubborn = false } = this.#behaviour(name) ?? {};
    return new Promise((resolve, reject) => {
      if (!stubborn) signal.addEventListener("abort", () => reject(signal.reason));
      if (afterMs === undefined) return;
      this.#timers.after(afterMs, () => {
        if (signal.aborted && !stubborn) return;
        started.settled = error === undefined ? "won" : "failed";
        if (error === undefined) resolve(name);
        else reject(error);
      });
    });
  };
}
