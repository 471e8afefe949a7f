import type { EndReason } from "../errors/end-reason.ts";
import { EndError } from "../session/session-end.ts";
import type { Timer } from "../time/timers.ts";
import { isRefusal, type Verdict } from "./verdict.ts";

/** One call of `admit`, from when it is made until its answer counts or is not wanted any more. */
export class AdmissionUnderWay {
  readonly #timer: Timer;
  readonly #controller = new AbortController();
  /** Principals that were revoked since the call was made. */
  #revoked: Map<string, string> | undefined;

  /** @param timer ends it when it takes too long */
  constructor(timer: Timer) {
    this.#timer = timer;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Tells `admit` that its answer is not wanted any more. */
  abort(reason: EndReason, message: string): void {
    this.#controller.abort(new EndError(reason, message));
  }

  /** `admit` may not know it yet. */
  revoke(principal: string, message: string): void {
    this.#revoked ??= new Map();
    this.#revoked.set(principal, message);
  }

  /** What counts of a verdict that was reached meanwhile. */
  checkRevoked(verdict: Verdict): Verdict {
    const message = isRefusal(verdict) ? undefined : this.#revoked?.get(verdict.id);
    return message === undefined ? verdict : { reason: "REVOKED", message };
  }

  stop(): void {
    this.#timer.cancel();
  }
}
