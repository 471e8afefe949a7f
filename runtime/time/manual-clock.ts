import type { Clock } from "./clock.ts";
import { afterAllJobs } from "./system-clock.ts";

/** How many turns may follow one another without time passing before a test is told that its program never comes to rest. */
const MAX_TURNS_AT_REST = 100_000;

/** Where the time of a test begins. */
export interface ManualClockOptions {
  /** What `now()` starts at, in milliseconds. Default 0. */
  readonly startMs?: number;
  /** What `wallNow()` starts at, in milliseconds since 1970. Default 2026-01-01T00:00:00Z. */
  readonly wallMs?: number;
}

interface Waiting {
  readonly due: number;
  /** Tells timers of the same time apart: the earlier one has the lower number. */
  readonly order: number;
  readonly wake: () => void;
}

/** Time that a test owns: nothing happens until it is told to. What a callback throws reaches the test. */
export class ManualClock implements Clock {
  #now: number;
  #wallOffset: number;
  #order = 0;
  /** The next one is the last, so that taking it is a pop. */
  readonly #timers: Waiting[] = [];
  #turnEnd: (() => void)[] = [];

  constructor(options: ManualClockOptions = {}) {
    this.#now = options.startMs ?? 0;
    this.#wallOffset = (options.wallMs ?? Date.UTC(2026, 0, 1)) - this.#now;
  }

  now(): number {
    return this.#now;
  }

  wallNow(): number {
    return this.#now + this.#wallOffset;
  }

  /** Moves the wall clock alone, as a user or a time server does; monotonic time stays. */
  adjustWall(byMs: number): void {
    this.#wallOffset += byMs;
  }

  setTimer(delayMs: number, wake: () => void): () => void {
    if (Number.isNaN(delayMs)) throw new RangeError("a timer's delay must be a number of milliseconds");
    const timer = { due: this.#now + Math.max(delayMs, 0), order: this.#order++, wake };
    this.#timers.splice(this.#position(timer), 0, timer);
    return () => {
      const at = this.#position(timer);
      if (this.#timers[at] === timer) this.#timers.splice(at, 1);
    };
  }

  endOfTurn(run: () => void): void {
    this.#turnEnd.push(run);
  }

  /** Timers that are armed now. */
  get timers(): number {
    return this.#timers.length;
  }

  /** When the next timer is due, on the scale of `now()`; undefined when none is armed. */
  get nextTimerAt(): number | undefined {
    return this.#timers.at(-1)?.due;
  }

  /** Ends one turn: runs what was waiting for that. What these callbacks queue waits for the next turn. Returns how many ran. */
  turn(): number {
    const callbacks = this.#turnEnd;
    this.#turnEnd = [];
    let ran = 0;
    try {
      for (const run of callbacks) {
        ran++;
        run();
      }
    } finally {
      // After a throw the others still run, with the next turn.
      if (ran < callbacks.length) this.#turnEnd.unshift(...callbacks.slice(ran));
    }
    return ran;
  }

  /** Ends turns until nothing waits for the end of one. Time stands still. */
  flush(): void {
    for (let turns = 0; this.turn() > 0; ) this.#checkRest(++turns);
  }

  /** Lets `ms` pass: each due timer runs at its own time, earliest first, and is a turn of its own, which is flushed before time goes on. */
  advance(ms: number): void {
    const end = this.#now + ms;
    this.flush();
    for (let turns = 0; this.#isDue(end); this.flush()) {
      turns = this.#runNext() ? 0 : turns + 1;
      this.#checkRest(turns);
    }
    this.#now = end;
  }

  /** As {@link advance}, and lets promises settle at every step. `settle(0)` only brings to rest what is under way. */
  async settle(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.#rest();
    for (let turns = 0; this.#isDue(end); await this.#rest()) {
      turns = this.#runNext() ? 0 : turns + 1;
      this.#checkRest(turns);
    }
    this.#now = end;
  }

  /** Freezes the process for `ms`, as a suspended machine does: time is gone at once, and timers find themselves late. */
  jump(ms: number): void {
    this.#now += ms;
  }

  async #rest(): Promise<void> {
    for (let turns = 0; ; ) {
      // A macrotask of the real event loop: every promise job that can run has run then.
      await new Promise<void>(afterAllJobs);
      if (this.turn() === 0) return;
      this.#checkRest(++turns);
    }
  }

  #isDue(end: number): boolean {
    const next = this.#timers.at(-1);
    return next !== undefined && next.due <= end;
  }

  /** Runs the earliest timer. True when time went on for that. */
  #runNext(): boolean {
    const { due, wake } = this.#timers.pop()!;
    const moves = due > this.#now;
    if (moves) this.#now = due;
    wake();
    return moves;
  }

  /** Where the timer is or belongs: behind all that are due later. */
  #position(timer: Waiting): number {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#timers[middle]!;
      const later = other.due === timer.due ? other.order > timer.order : other.due > timer.due;
      if (later) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #checkRest(turns: number): void {
    if (turns < MAX_TURNS_AT_REST) return;
    throw new Error(`still busy after ${turns} turns at ${this.#now} ms: something reschedules itself`);
  }
}
