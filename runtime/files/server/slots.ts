import type { Context } from "../../command/context.ts";
import type { Session } from "../../command/session-type.ts";
import { quotaExceeded } from "../errors.ts";

/** When whoever found no place may ask again. */
const RETRY_AFTER_MS = 500;

/** A place that is taken. */
export interface Slot {
  /** Fires when the command is cancelled, and when the place is taken away. */
  readonly signal: AbortSignal;
  release(): void;
}

interface Holder {
  readonly principal: string;
  readonly session: Session<unknown>;
  readonly controller: AbortController;
}

/** A limit by its name. */
export interface NamedLimit {
  readonly name: string;
  readonly most: number;
}

/**
 * Places for what may run at once, in all and for one principal. Where there is none left, one goes that belongs to a session without a connection: its client
 * may never come back, and asks again if it does.
 */
export class Slots {
  readonly #all: NamedLimit;
  readonly #each: NamedLimit;
  readonly #holders = new Set<Holder>();

  constructor(all: NamedLimit, each: NamedLimit) {
    this.#all = all;
    this.#each = each;
  }

  /** Throws CommandError RESOURCE_EXHAUSTED with QuotaExceeded when there is none, and says when to ask again. */
  take({ principal, session, signal }: Context): Slot {
    const own = [...this.#holders].filter((holder) => holder.principal === principal.id);
    this.#room(own, this.#each);
    this.#room([...this.#holders], this.#all);
    const holder = { principal: principal.id, session, controller: new AbortController() };
    this.#holders.add(holder);
    return {
      signal: AbortSignal.any([signal, holder.controller.signal]),
      release: () => void this.#holders.delete(holder),
    };
  }

  #room(holders: readonly Holder[], { name, most }: NamedLimit): void {
    if (holders.length < most) return;
    const idle = holders.find(({ session }) => session.state !== "open" && session.state !== "draining");
    const refusal = quotaExceeded(name, most, "so many are under way", RETRY_AFTER_MS);
    if (idle === undefined) throw refusal;
    this.#holders.delete(idle);
    idle.controller.abort(refusal);
  }
}
