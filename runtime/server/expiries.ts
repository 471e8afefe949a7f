import type { Peer } from "../command/peer.ts";
import type { Timer, Timers } from "../time/timers.ts";
import { expiry } from "./verdict.ts";

/**
 * The longest time for which a timer is trusted: then the wall clock is asked, which may have been set, or gone on while the machine slept.
 */
const RECHECK_MS = 600_000;

/** Ends sessions when the time is over for which their clients were admitted, whether they have a connection or not. */
export class Expiries<Data> {
  readonly #timers: Timers;
  readonly #wallNow: () => number;
  readonly #armed = new Map<Peer<Data>, Timer>();

  constructor(timers: Timers, wallNow: () => number) {
    this.#timers = timers;
    this.#wallNow = wallNow;
  }

  /** From here on the session ends when its principal says; never before this returns. */
  watch(peer: Peer<Data>): void {
    this.forget(peer);
    const { expiresAt } = peer.principal;
    if (expiresAt === undefined) return;
    const leftMs = expiresAt.getTime() - this.#wallNow();
    this.#armed.set(
      peer,
      this.#timers.after(Math.min(leftMs, RECHECK_MS), () => this.#look(peer)),
    );
  }

  /** The session is over. */
  forget(peer: Peer<Data>): void {
    this.#armed.get(peer)?.cancel();
    this.#armed.delete(peer);
  }

  #look(peer: Peer<Data>): void {
    const over = expiry(peer.principal, this.#wallNow());
    if (over === undefined) this.watch(peer);
    else peer.end(over.reason, over.message);
  }
}
