import type { Context } from "../../command/context.ts";
import type { Session } from "../../command/session-type.ts";
import type { Clock } from "../../time/clock.ts";
import { quotaExceeded } from "../errors.ts";

/** When whoever found no place may ask again. */
const RETRY_AFTER_MS = 500;

/** How long a client may ask for nothing more of what it is sent, in milliseconds, until somebody else may have its place: at 9 KB/s a piece takes that. */
const STALLED_MS = 30_000;

/** A place that is taken. */
export interface Slot {
  /** Fires when the command is cancelled, and when the place is taken away. */
  readonly signal: AbortSignal;
  /** The client has what it asked for: it is its turn. */
  served(): void;
  /** It asks for more. */
  asked(): void;
  release(): void;
}

interface Holder {
  readonly principal: string;
  readonly session: Session<unknown>;
  readonly controller: AbortController;
  /** When its client was last given something, where that has not asked for more; infinity while the server works. */
  servedAt: number;
}

/** A limit by its name. */
export interface NamedLimit {
  readonly name: string;
  readonly most: number;
}

/**
 * Places for what may run at once, in all and for one principal. Where there is none left, one goes that belongs to a session without a connection, whose
 * client may never come back, or else that of a client that takes nothing: either asks again if it wants the rest.
 */
export class Slots {
  readonly #all: NamedLimit;
  readonly #each: NamedLimit;
  readonly #clock: Pick<Clock, "now">;
  readonly #holders = new Set<Holder>();

  constructor(all: NamedLimit, each: NamedLimit, clock: Pick<Clock, "now">) {
    this.#all = all;
    this.#each = each;
    this.#clock = clock;
  }

  /** Throws CommandError RESOURCE_EXHAUSTED with QuotaExceeded when there is none, and says when to ask again. */
  take({ principal, session, signal }: Context): Slot {
    const own = [...this.#holders].filter((holder) => holder.principal === principal.id);
    this.#room(own, this.#each);
    this.#room([...this.#holders], this.#all);
    const holder: Holder = { principal: principal.id, session, controller: new AbortController(), servedAt: Infinity };
    this.#holders.add(holder);
    return {
      signal: AbortSignal.any([signal, holder.controller.signal]),
      served: () => {
        holder.servedAt = this.#clock.now();
      },
      asked: () => {
        holder.servedAt = Infinity;
      },
      release: () => void this.#holders.delete(holder),
    };
  }

  #room(holders: readonly Holder[], { name, most }: NamedLimit): void {
    if (holders.length < most) return;
    const stalled = this.#clock.now() - STALLED_MS;
    const idle =
      holders.find(({ session }) => session.state !== "open" && session.state !== "draining") ??
      holders.find(({ servedAt }) => servedAt <= stalled);
    const refusal = quotaExceeded(name, most, "so many are under way", RETRY_AFTER_MS);
    if (idle === undefined) throw refusal;
    this.#holders.delete(idle);
    idle.controller.abort(refusal);
  }
}
