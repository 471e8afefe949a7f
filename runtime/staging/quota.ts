import { QuotaExceeded } from "../../generated/zserver/staging/v1/staging.ts";
import { CommandError } from "../errors/command-error.ts";
import { errorDetail } from "../errors/error-detail.ts";

/** How much somebody may have at once, and has. */
export class Quota {
  readonly #name: string;
  readonly #allowed: number;
  used = 0;

  /** @param name of the option, for the error */
  constructor(name: string, allowed: number) {
    this.#name = name;
    this.#allowed = allowed;
  }

  /** Throws CommandError RESOURCE_EXHAUSTED that names the option, where there is not so much left. */
  check(more: number): void {
    if (this.used + more <= this.#allowed) return;
    const details = [errorDetail(QuotaExceeded, { quota: this.#name, allowed: BigInt(this.#allowed) })];
    throw new CommandError("RESOURCE_EXHAUSTED", `too much is staged already: ${this.#name} is ${this.#allowed}`, { details });
  }
}

/** What one blob takes of several quotas, until it is given back. */
export class Claim {
  readonly #quotas: readonly Quota[];
  #taken = 0;

  constructor(...quotas: readonly Quota[]) {
    this.#quotas = quotas;
  }

  /** Takes so much more of each, or of none. Throws as {@link Quota.check} does. */
  take(more: number): void {
    this.check(more);
    for (const quota of this.#quotas) quota.used += more;
    this.#taken += more;
  }

  check(more: number): void {
    for (const quota of this.#quotas) quota.check(more);
  }

  giveBack(): void {
    for (const quota of this.#quotas) quota.used -= this.#taken;
    this.#taken = 0;
  }
}
