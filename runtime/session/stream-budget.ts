import type { Limits } from "./limits.ts";

/** The part of the budget that one stream may have, at most. */
const STREAM_SHARE = 1 / 8;

/** What one window asks of the budget, and what it has of it. */
export interface Claim {
  /** Bytes beyond the first window that are outstanding on its account. */
  extra: number;
  /** It would like to have more than its first window. */
  wants: boolean;
  /** It has less than it would like, and less than its share. */
  poor: boolean;
}

/**
 * What the streams of a session may have outstanding together: the first windows, which need no grant and so are set aside for as many streams as
 * the peer may open, and what windows grow by. While one gets less than its share of that, none has more.
 */
export class StreamBudget {
  readonly #limits: Limits;
  readonly #now: () => number;
  /** What is left for growth while this side has no streams of its own. */
  readonly #growth: number;
  /** First windows of the streams that this side opened. */
  #own = 0;
  #extra = 0;
  #wanting = 0;
  #poor = 0;
  #held = 0;

  /** @param now on the timers' scale */
  constructor(limits: Limits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
    this.#growth = limits.streamBudgetBytes - limits.streams * limits.streamBytes;
  }

  get limits(): Limits {
    return this.#limits;
  }

  /** Bytes of items that wait for their readers. */
  get heldBytes(): number {
    return this.#held;
  }

  /** Bytes of credit beyond the first windows. */
  get extraBytes(): number {
    return this.#extra;
  }

  now(): number {
    return this.#now();
  }

  /** A stream of this side's own begins (1) or is over (-1). */
  own(streams: 1 | -1): void {
    this.#own += streams * this.#limits.streamBytes;
  }

  /**
   * Answers a window that would like to be `wanted` bytes larger than its first one.
   *
   * @param outstanding bytes beyond the first window that the peer may still send, or that wait
   * @returns how many bytes larger it may be
   */
  claim(claim: Claim, wanted: number, outstanding: number): number {
    const { streamBudgetBytes, streamBytes } = this.#limits;
    if (wanted > 0 && !claim.wants) {
      claim.wants = true;
      this.#wanting++;
    }
    const total = this.#growth - this.#own;
    const share = total / this.#wanting;
    const most = Math.min(wanted, streamBudgetBytes * STREAM_SHARE - streamBytes);
    const free = total - (this.#extra - claim.extra);
    // Whole bytes, so that what comes back is what was given.
    const extra = Math.max(0, Math.floor(Math.min(most, free, this.#poor > 0 ? share : most)));
    const poor = extra < Math.floor(Math.min(most, share));
    if (poor !== claim.poor) this.#poor += poor ? 1 : -1;
    claim.poor = poor;
    this.#charge(claim, Math.max(extra, Math.ceil(outstanding)));
    return extra;
  }

  /** The window is closed. */
  release(claim: Claim): void {
    this.#charge(claim, 0);
    if (claim.wants) this.#wanting--;
    if (claim.poor) this.#poor--;
    claim.wants = claim.poor = false;
  }

  /** An item waits for its reader. False when it may not: as much as may be waits already. */
  hold(bytes: number): boolean {
    if (this.#held >= this.#limits.streamBudgetBytes) return false;
    this.#held += bytes;
    return true;
  }

  /** So much waits no longer. */
  letGo(bytes: number): void {
    this.#held -= bytes;
  }

  #charge(claim: Claim, extra: number): void {
    this.#extra += extra - claim.extra;
    claim.extra = extra;
  }
}
