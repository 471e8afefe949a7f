import type { RandomSource } from "../crypto/random.ts";
import { endReasons } from "../errors/end-reason.ts";
import { EndError } from "../session/session-end.ts";
import type { Timers } from "../time/timers.ts";
import { Backoff } from "./backoff.ts";
import { chanceOf } from "./chance.ts";
import type { ListedEndpoint } from "./endpoint-list.ts";
import { EndpointPool } from "./endpoint-pool.ts";
import { InterruptibleWait } from "./wait.ts";
import type { DiscoveryOptions } from "./options.ts";
import { type RaceResult, race, type TargetSource } from "./race.ts";
import { type MakeResolution, type Resolution, unresolved } from "./resolution.ts";
import type { TakeTurn } from "./search-turns.ts";
import type { OnStep } from "./step.ts";
import type { Attempt, DialTarget } from "./target.ts";

const DEFAULT_ATTEMPT_DELAY_MS = 250;
const DEFAULT_ATTEMPT_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_CONCURRENT_ATTEMPTS = 8;
const DEFAULT_BACKOFF_RESET_MS = 10_000;

export interface FinderOptions extends DiscoveryOptions {
  readonly timers: Timers;
  readonly random: RandomSource;
  readonly endpoints: readonly ListedEndpoint[];
  /** Default: the platform resolves names by itself. */
  readonly resolution?: MakeResolution | undefined;
  readonly onStep?: OnStep | undefined;
  /** Default: a search waits for no others. */
  readonly takeTurn?: TakeTurn | undefined;
}

/**
 * When to stop without a server. `never`: after one round. `unless-final`: once every address there is failed for a reason that trying again does
 * not change, as a wrong key or no suite in common. `always`: only at the timeout or the signal. A session that exists wants `always`: nothing
 * that an unproven server says ends it.
 */
export type Retry = "never" | "unless-final" | "always";

export interface FindOptions<T> {
  readonly attempt: Attempt<T>;
  /** Gets rid of what an attempt came to after it had been given up. */
  readonly discard: (value: T) => void;
  readonly retry: Retry;
  /** Over all rounds. Default: until told otherwise. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Found<T> {
  readonly value: T;
  /** Where; for {@link Finder.lost}. */
  readonly target: DialTarget;
}

/** How a connection that had been found came to its end. */
export interface LostConnection {
  readonly target: DialTarget;
  /** How long it lived. */
  readonly livedMs: number;
  /** Whether something got through on it: anything was acknowledged. */
  readonly useful: boolean;
  /** How long the server asked to be left alone. */
  readonly retryAfterMs?: number | undefined;
}

/** Finds a server, again and again for as long as a client lives: resolves, races, waits, and remembers what each address did. */
export class Finder {
  readonly pool: EndpointPool;
  readonly #options: FinderOptions;
  readonly #resolution: Resolution;
  readonly #backoff: Backoff;
  readonly #wait: InterruptibleWait;
  readonly #onStep: OnStep;
  readonly #wanted: (listed: ListedEndpoint) => boolean;
  /** What the next search waits before it begins. */
  #owedMs = 0;

  /** @param whole the finder of which this is a part, see {@link among} */
  constructor(options: FinderOptions, whole?: Finder, wanted: (listed: ListedEndpoint) => boolean = () => true) {
    const { timers, random, resolution = () => unresolved, lookupTimeoutMs, backoffBaseMs, backoffCapMs } = options;
    const chance = chanceOf(random);
    this.#options = options;
    this.#onStep = options.onStep ?? (() => {});
    this.pool = whole?.pool ?? new EndpointPool(options.endpoints, { timers, chance });
    this.#resolution = whole ? whole.#resolution : resolution({ timers, lookupTimeoutMs, onStep: this.#onStep });
    this.#backoff = new Backoff({ chance, baseMs: backoffBaseMs, capMs: backoffCapMs });
    this.#wait = whole ? whole.#wait : new InterruptibleWait(timers);
    this.#wanted = wanted;
  }

  /** For searches among some of the endpoints, beside others: what is known of addresses is shared, how long to wait is not. */
  among(wanted: (listed: ListedEndpoint) => boolean): Finder {
    return new Finder(this.#options, this, wanted);
  }

  /** Another search follows so soon that it waits first, as after a failure: whoever asks for searches cannot have them without pause. */
  tooSoon(): void {
    this.#owedMs = this.#backoff.next();
  }

  /** All is well: what comes next waits for nothing. */
  rested(): void {
    this.#backoff.reset();
  }

  /** Whether there is anything to search. */
  get hasEndpoints(): boolean {
    return this.pool.endpoints.some(this.#wanted);
  }

  /**
   * Searches until an attempt is won. Rejects with EndError: CONNECT_TIMEOUT after `timeoutMs`, else what `retry` counts as the end; with the
   * signal's reason; and with a TypeError that an attempt throws.
   */
  async find<T>(options: FindOptions<T>): Promise<Found<T>> {
    const { timers } = this.#options;
    const { timeoutMs = Number.POSITIVE_INFINITY, signal, retry } = options;
    const until = timers.now() + timeoutMs;
    let waitMs = this.#owedMs;
    this.#owedMs = 0;
    let failure: EndError | undefined;
    for (;;) {
      if (waitMs > 0) {
        this.#onStep({ type: "waiting", ms: waitMs });
        await this.#wait.wait(Math.min(waitMs, until - timers.now()), signal);
      }
      const done = await this.#options.takeTurn?.(this.pool.endpoints, until - timers.now(), signal);
      const result = await this.#round(options, until - timers.now()).finally(done);
      if (result.type === "won") return result;
      failure = mostTelling(result.failures) ?? failure;
      if (result.type === "timeout") throw timedOut(timeoutMs, failure);
      if (retry === "never" || (retry === "unless-final" && isFinal(result)))
        throw failure ?? new EndError("OVERLOADED", "every server asked to be left alone for a while", result.readyInMs);
      waitMs = this.#backoff.next(result.readyInMs);
    }
  }

  /** Takes another list of endpoints. A search that goes on uses it from the next round on, which begins at once where it was waited for. */
  replace(endpoints: readonly ListedEndpoint[]): void {
    this.pool.replace(endpoints);
    this.retryNow();
  }

  /** Ends a wait: the program knows that things are better now, for example that the network is back. Refused addresses still have to wait. */
  retryNow(): void {
    this.#wait.end();
  }

  /**
   * A connection that was found has ended otherwise than by this side. The next search prefers other addresses. It begins at once when the
   * connection had been good for something, or old; else it waits, so that a server that accepts and fails is not asked without pause.
   */
  lost({ target, livedMs, useful, retryAfterMs }: LostConnection): void {
    this.pool.failed(target, retryAfterMs);
    if (useful || livedMs >= (this.#options.backoffResetMs ?? DEFAULT_BACKOFF_RESET_MS)) this.#backoff.reset();
    else this.#owedMs = this.#backoff.next();
  }

  #round<T>({ attempt, discard, signal }: FindOptions<T>, deadlineMs: number): Promise<RaceResult<T>> {
    const { timers, attemptDelayMs, attemptTimeoutMs, maxConcurrentAttempts } = this.#options;
    return race<T>({
      timers,
      pool: this.pool,
      sources: this.pool.endpoints.filter(this.#wanted).map((listed) => this.#source(listed)),
      attempt,
      discard,
      onStep: this.#onStep,
      attemptDelayMs: attemptDelayMs ?? DEFAULT_ATTEMPT_DELAY_MS,
      attemptTimeoutMs: attemptTimeoutMs ?? DEFAULT_ATTEMPT_TIMEOUT_MS,
      maxConcurrent: maxConcurrentAttempts ?? DEFAULT_MAX_CONCURRENT_ATTEMPTS,
      deadlineMs,
      signal,
    });
  }

  #source(listed: ListedEndpoint): TargetSource {
    const { endpoint, priority } = listed;
    return { url: endpoint.url, priority, open: (events) => this.#resolution.resolve(listed, events) };
  }
}

/** Whether trying again would change nothing. A name without an address counts as hope: so it looks when the network is down. */
function isFinal({ failures, exhausted }: { readonly failures: readonly EndError[]; readonly exhausted: boolean }): boolean {
  return failures.length > 0 && exhausted && failures.every(({ reason }) => !endReasons[reason].retry);
}

/** The failure that says most about what is wrong: one that trying again does not change, else the last one. */
function mostTelling(failures: readonly EndError[]): EndError | undefined {
  return failures.find(({ reason }) => !endReasons[reason].retry) ?? failures.at(-1);
}

function timedOut(timeoutMs: number, failure: EndError | undefined): EndError {
  const last = failure === undefined ? "" : `; the last failure: ${failure.message}`;
  return new EndError("CONNECT_TIMEOUT", `no session within ${timeoutMs} ms (connectTimeoutMs)${last}`, failure?.retryAfterMs);
}
