import type { Timers } from "../time/timers.ts";
import { type Chance, chooseOne } from "./chance.ts";
import type { ListedEndpoint } from "./endpoint-list.ts";
import { type DialTarget, targetFamily, targetKey } from "./target.ts";

/** Failures are forgotten this long after the last one, so that an entrance that is well again gets its share of the load again. */
export const FORGET_AFTER_MS = 600_000;
/** The longest that a refusal can keep a client away: it comes from a server that is not proven, and may be anybody's. */
export const MAX_RETRY_AFTER_MS = 300_000;
/** Targets whose history is kept; the one that failed longest ago makes room. */
export const MAX_HISTORIES = 1024;

/** What is remembered of a target that failed. Times are on the scale of `Timers.now()`. */
export interface TargetHistory {
  /** Since the last success. */
  readonly failures: number;
  readonly lastFailureAt: number;
  /** Not tried before, as a refusal asked. */
  readonly notBefore: number;
}

const NONE: TargetHistory = { failures: 0, lastFailureAt: Number.NEGATIVE_INFINITY, notBefore: Number.NEGATIVE_INFINITY };

export interface EndpointPoolOptions {
  readonly timers: Pick<Timers, "now">;
  readonly chance: Chance;
}

/**
 * Which endpoints there are, what became of the attempts at their addresses, and so which to try next: by priority, then by the number of
 * failures, then what failed longest ago. Among equals chance decides, which spreads many clients over many servers.
 */
export class EndpointPool {
  readonly #timers: Pick<Timers, "now">;
  readonly #chance: Chance;
  /** By key of the target; the one that failed last comes last. */
  readonly #histories = new Map<string, TargetHistory>();
  #endpoints: readonly ListedEndpoint[];

  constructor(endpoints: readonly ListedEndpoint[], options: EndpointPoolOptions) {
    this.#endpoints = endpoints;
    this.#timers = options.timers;
    this.#chance = options.chance;
  }

  get endpoints(): readonly ListedEndpoint[] {
    return this.#endpoints;
  }

  /** Takes another list. What is known of targets that stay, or come back, is kept. */
  replace(endpoints: readonly ListedEndpoint[]): void {
    this.#endpoints = endpoints;
  }

  history(target: DialTarget): TargetHistory {
    const key = targetKey(target);
    const history = this.#histories.get(key);
    if (history === undefined) return NONE;
    if (this.#timers.now() - history.lastFailureAt < FORGET_AFTER_MS) return history;
    this.#histories.delete(key);
    return NONE;
  }

  succeeded(target: DialTarget): void {
    this.#histories.delete(targetKey(target));
  }

  /** @param retryAfterMs How long the server asked to be left alone; at most {@link MAX_RETRY_AFTER_MS} is granted. */
  failed(target: DialTarget, retryAfterMs = 0): void {
    const key = targetKey(target);
    const { failures } = this.history(target);
    const now = this.#timers.now();
    this.#histories.delete(key);
    this.#histories.set(key, { failures: failures + 1, lastFailureAt: now, notBefore: now + Math.min(retryAfterMs, MAX_RETRY_AFTER_MS) });
    if (this.#histories.size > MAX_HISTORIES) this.#histories.delete(this.#histories.keys().next().value!);
  }

  /**
   * The target to try next; undefined when none may be tried now. Among equals, the first one is of an endpoint chosen by chance and IPv6 where
   * that has it; each further one is of the other family than `previous`, so that a broken family costs one attempt and not all of its own.
   *
   * Source: RFC 8305, section 4, with a First Address Family Count of 1.
   */
  pick(targets: Iterable<DialTarget>, previous?: DialTarget): DialTarget | undefined {
    const best = this.#best(targets);
    const chosen = chooseOne(this.#chance, best);
    if (chosen === undefined || best.length === 1) return chosen;
    const equals = previous === undefined ? best.filter(({ endpoint }) => endpoint === chosen.endpoint) : best;
    const wanted = previous !== undefined && targetFamily(previous) === 6 ? 4 : 6;
    const preferred = equals.filter((target) => targetFamily(target) === wanted);
    return chooseOne(this.#chance, preferred) ?? chosen;
  }

  /** Milliseconds until the first of the targets may be tried: 0 for now, infinity when there is none. */
  readyInMs(targets: Iterable<DialTarget>): number {
    const now = this.#timers.now();
    let readyIn = Number.POSITIVE_INFINITY;
    for (const target of targets) readyIn = Math.min(readyIn, Math.max(this.history(target).notBefore - now, 0));
    return readyIn;
  }

  /** Those that may be tried now and that nothing tells apart but chance. */
  #best(targets: Iterable<DialTarget>): DialTarget[] {
    const now = this.#timers.now();
    let best: DialTarget[] = [];
    let bestHistory = NONE;
    for (const target of targets) {
      const history = this.history(target);
      if (history.notBefore > now) continue;
      const first = best[0];
      const order = first === undefined ? -1 : target.priority - first.priority || compareHistories(history, bestHistory);
      if (order < 0) {
        best = [target];
        bestHistory = history;
      } else if (order === 0) best.push(target);
    }
    return best;
  }
}

/** Negative when `a` is tried before `b`. */
function compareHistories(a: TargetHistory, b: TargetHistory): number {
  if (a.failures !== b.failures) return a.failures - b.failures;
  // Two that never failed: infinity minus infinity is no number.
  return a.lastFailureAt === b.lastFailureAt ? 0 : a.lastFailureAt - b.lastFailureAt;
}
