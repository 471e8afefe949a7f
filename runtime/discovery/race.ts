import { EndError } from "../session/session-end.ts";
import type { Timer, Timers } from "../time/timers.ts";
import type { EndpointPool } from "./endpoint-pool.ts";
import type { ResolutionEvents } from "./resolution.ts";
import type { OnStep } from "./step.ts";
import { type Attempt, type DialTarget, targetKey } from "./target.ts";

/** Where targets come from, for as long as the race goes on. */
export interface TargetSource {
  readonly url: string;
  readonly priority: number;
  /** The returned function ends it. */
  open(events: ResolutionEvents): () => void;
}

export interface RaceOptions<T> {
  readonly timers: Timers;
  readonly pool: EndpointPool;
  readonly sources: readonly TargetSource[];
  readonly attempt: Attempt<T>;
  /** Gets what an attempt came to after it had been given up. */
  readonly discard: (value: T) => void;
  readonly onStep: OnStep;
  /** From the start of an attempt to that of the next one, unless it fails before. */
  readonly attemptDelayMs: number;
  /** The most that one attempt takes. */
  readonly attemptTimeoutMs: number;
  /** The most attempts at a time. */
  readonly maxConcurrent: number;
  /** The most that the race takes; infinity for as long as there is something to try. */
  readonly deadlineMs: number;
  /** Ends the race, which rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export type RaceResult<T> =
  | { readonly type: "won"; readonly value: T; readonly target: DialTarget }
  /** Everything that may be tried now has failed, or the deadline has come. */
  | {
      readonly type: "lost" | "timeout";
      readonly failures: readonly EndError[];
      /** Nothing was left out, neither for an earlier refusal nor for want of time. */
      readonly exhausted: boolean;
      /** Milliseconds until there is something to try again, as far as refusals decide it: 0 for now. */
      readonly readyInMs: number;
    };

/**
 * Happy Eyeballs: starts one attempt after the other, without waiting for the one before to fail, until one is won; all others are aborted
 * then. An attempt is won when its promise fulfils, which is not at the TCP connect: an entrance under attack accepts connections and says
 * nothing.
 *
 * An attempt that fails ends nothing but itself, also when its reason says that trying again is useless: that is what one address said, and
 * were it the end, whoever has one address of many (a hijacked name, a captive portal) could keep clients from all the others.
 *
 * Rejects with the signal's reason, and with what an attempt throws that is a mistake of the program (TypeError).
 *
 * Source: RFC 8305, section 5.
 */
export function race<T>(options: RaceOptions<T>): Promise<RaceResult<T>> {
  return new Promise((resolve, reject) => new Race(options, resolve, reject).run());
}

interface Running {
  readonly controller: AbortController;
  readonly timeout: Timer;
}

class Race<T> {
  readonly #options: RaceOptions<T>;
  readonly #resolve: (result: RaceResult<T>) => void;
  readonly #reject: (error: unknown) => void;
  readonly #closers: (() => void)[] = [];
  /** Names that may still bring targets. */
  readonly #unresolved = new Set<TargetSource>();
  readonly #targets = new Map<string, DialTarget>();
  readonly #waiting = new Set<DialTarget>();
  /** In the order in which they were started. */
  readonly #running = new Map<DialTarget, Running>();
  readonly #failures: EndError[] = [];
  readonly #startedAt: number;
  /** Resolving it anew may bring targets that nobody refused. */
  #nameFailed = false;
  #latest: DialTarget | undefined;
  #nextStartAt = Number.NEGATIVE_INFINITY;
  #wake: Timer | undefined;
  #state: "opening" | "running" | "over" = "opening";

  constructor(options: RaceOptions<T>, resolve: (result: RaceResult<T>) => void, reject: (error: unknown) => void) {
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#startedAt = options.timers.now();
  }

  run(): void {
    const { signal, timers, sources, deadlineMs } = this.#options;
    if (signal?.aborted) {
      this.#reject(signal.reason);
      return;
    }
    if (deadlineMs <= 0) {
      this.#lose("timeout");
      return;
    }
    const abort = (): void => this.#end(() => this.#reject(signal!.reason));
    signal?.addEventListener("abort", abort, { once: true });
    const deadline = timers.after(deadlineMs, () => this.#timedOut());
    this.#closers.push(
      () => signal?.removeEventListener("abort", abort),
      () => deadline.cancel(),
    );
    // All are open before the first attempt starts: which one that is depends on what all of them bring.
    for (const source of sources) this.#unresolved.add(source);
    for (const source of sources) this.#open(source);
    if (this.#state !== "opening") return;
    this.#state = "running";
    this.#advance();
  }

  #open(source: TargetSource): void {
    const close = source.open({
      found: (targets) => {
        if (this.#state === "over") return;
        for (const target of targets) this.#add(target);
        this.#advance();
      },
      done: (failure) => {
        if (this.#state === "over") return;
        this.#unresolved.delete(source);
        if (failure !== undefined) {
          this.#nameFailed = true;
          this.#tellFailure(source.url, undefined, failure);
        }
        this.#advance();
      },
    });
    if (this.#state === "over") close();
    else this.#closers.push(close);
  }

  #add(target: DialTarget): void {
    const key = targetKey(target);
    if (this.#targets.has(key)) return;
    this.#targets.set(key, target);
    this.#waiting.add(target);
  }

  /** Starts what may start now, and sees to being called when the next may. */
  readonly #advance = (): void => {
    const { pool, timers, maxConcurrent } = this.#options;
    this.#wake?.cancel();
    while (this.#state === "running") {
      const target = pool.pick(this.#waiting, this.#latest);
      if (target === undefined) break;
      if (this.#running.size >= maxConcurrent) return;
      const delay = this.#startAt(target) - timers.now();
      if (delay > 0) {
        this.#wake = timers.after(delay, this.#advance);
        return;
      }
      this.#start(target);
    }
    if (this.#state === "running") this.#rest();
  };

  /** Nothing may be tried now: the race is lost, unless an attempt, a name or the end of a refusal can still come. */
  #rest(): void {
    const { pool, timers } = this.#options;
    if (this.#running.size === 0 && this.#unresolved.size === 0) this.#lose("lost");
    else if (this.#waiting.size > 0) this.#wake = timers.after(pool.readyInMs(this.#waiting), this.#advance);
  }

  /** A lookup that goes on counts as the attempt before, where what it may bring comes first. */
  #startAt(target: DialTarget): number {
    const outranked = [...this.#unresolved].some(({ priority }) => priority < target.priority);
    return outranked ? Math.max(this.#nextStartAt, this.#startedAt + this.#options.attemptDelayMs) : this.#nextStartAt;
  }

  #start(target: DialTarget): void {
    const { timers, attempt, attemptDelayMs, attemptTimeoutMs, onStep } = this.#options;
    const controller = new AbortController();
    const timeout = timers.after(attemptTimeoutMs, () => {
      const late = new EndError("CONNECT_TIMEOUT", `no answer within ${attemptTimeoutMs} ms (attemptTimeoutMs)`);
      // Its place is free for the next one only when it is gone.
      controller.abort(late);
      this.#failed(target, late);
    });
    this.#waiting.delete(target);
    this.#running.set(target, { controller, timeout });
    this.#latest = target;
    this.#nextStartAt = timers.now() + attemptDelayMs;
    onStep({ type: "trying", url: target.endpoint.url, address: target.address });
    // Aborted by whoever was told.
    if (this.#state === "over") return;
    (async () => attempt(target, controller.signal))().then(
      (value) => this.#won(target, value),
      (error: unknown) => this.#failed(target, error),
    );
  }

  #won(target: DialTarget, value: T): void {
    const { pool, discard, onStep } = this.#options;
    const started = [...this.#running.keys()];
    if (!this.#take(target)) {
      discard(value);
      return;
    }
    pool.succeeded(target);
    // Those that had a head start and still were slower: next time they come later.
    for (const overtaken of started.slice(0, started.indexOf(target))) pool.failed(overtaken);
    this.#end(() => this.#resolve({ type: "won", value, target }));
    onStep({ type: "found", url: target.endpoint.url, address: target.address });
  }

  #failed(target: DialTarget, error: unknown): void {
    // What a given-up attempt says is of no interest.
    if (!this.#take(target)) return;
    if (error instanceof TypeError) {
      this.#end(() => this.#reject(error));
      return;
    }
    this.#record(target, toEndError(error));
    if (target === this.#latest) this.#nextStartAt = this.#options.timers.now();
    this.#advance();
  }

  /** False when the attempt had ended before. */
  #take(target: DialTarget): boolean {
    this.#running.get(target)?.timeout.cancel();
    return this.#running.delete(target);
  }

  #record(target: DialTarget, error: EndError): void {
    this.#options.pool.failed(target, error.retryAfterMs);
    this.#tellFailure(target.endpoint.url, target.address, error);
  }

  #tellFailure(url: string, address: string | undefined, error: EndError): void {
    this.#failures.push(error);
    this.#options.onStep({ type: "failed", url, address, reason: error.reason, message: error.message });
  }

  #timedOut(): void {
    const late = new EndError("CONNECT_TIMEOUT", `no answer within ${this.#options.deadlineMs} ms`);
    for (const target of this.#running.keys()) this.#record(target, late);
    this.#lose("timeout");
  }

  #lose(type: "lost" | "timeout"): void {
    const exhausted = this.#waiting.size === 0 && this.#unresolved.size === 0;
    const readyInMs = this.#nameFailed ? 0 : this.#options.pool.readyInMs(this.#targets.values());
    this.#end(() => this.#resolve({ type, failures: this.#failures, exhausted, readyInMs }));
  }

  /** Gives up all that is under way, then tells. */
  #end(tell: () => void): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#wake?.cancel();
    for (const close of this.#closers) close();
    const losers = [...this.#running.values()];
    this.#running.clear();
    for (const { controller, timeout } of losers) {
      timeout.cancel();
      controller.abort(new EndError("CLOSED", "the attempt was given up"));
    }
    tell();
  }
}

function toEndError(error: unknown): EndError {
  if (error instanceof EndError) return error;
  return new EndError("TRANSPORT_FAILED", error instanceof Error ? error.message : String(error));
}
