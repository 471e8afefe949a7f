import type { Clock } from "../../time/clock.ts";
import { checkCounts } from "../../common-options.ts";
import { checkOptions } from "../../errors/options.ts";
import { systemClock } from "../../time/system-clock.ts";
import type { TimerWheel } from "../../time/timer-wheel.ts";
import { timersOf } from "../../time/timers-of.ts";
import { type FilesSession, Sessions } from "./session.ts";

/** How far a transfer has come, in bytes. */
export interface TransferProgress {
  /** At the server. */
  readonly path: string;
  /** What is at its target, what was there before included. It goes back when a range has to come again. */
  readonly bytes: number;
  readonly size: number;
}

/** What all transfers take. */
export interface TransferOptions {
  /** Sessions with one server, over different entrances perhaps: each takes its share of the ranges. The transfer fails when the last of them is lost. */
  readonly sessions: readonly FilesSession[];
  /** Ranges under way at once, in each session. Default 4: what one roundtrip keeps from one of them, the others fill. */
  readonly parallel?: number | undefined;
  /** Called for each piece. */
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
  /** Ends the transfer. What has come is kept, and the next one goes on from there. */
  readonly signal?: AbortSignal | undefined;
  /** Default: the platform's. */
  readonly clock?: Clock | undefined;
}

const transferOptionNames: readonly (keyof TransferOptions)[] = ["sessions", "parallel", "onProgress", "signal", "clock"];

const DEFAULT_PARALLEL = 4;

/** Options with their defaults. */
export interface ResolvedTransfer {
  readonly sessions: Sessions;
  readonly parallel: number;
  readonly timers: TimerWheel;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (progress: TransferProgress) => void;
}

/** Throws TypeError for options that cannot be. */
export function resolveTransfer(where: string, options: TransferOptions, more: readonly string[]): ResolvedTransfer {
  checkOptions(where, options, [...transferOptionNames, ...more]);
  const { parallel = DEFAULT_PARALLEL, clock = systemClock, signal, onProgress = () => {} } = options;
  checkCounts(options, ["parallel"]);
  const timers = timersOf(clock);
  return { sessions: new Sessions(options.sessions, timers, signal), parallel, timers, signal, onProgress };
}

/** Adds up the bytes of ranges that are under way. */
export class Tally {
  readonly #tell: (bytes: number) => void;
  readonly #underWay = new Map<number, number>();
  #done: number;

  constructor(done: number, tell: (bytes: number) => void) {
    this.#done = done;
    this.#tell = tell;
    tell(done);
  }

  add(index: number, bytes: number): void {
    this.#underWay.set(index, (this.#underWay.get(index) ?? 0) + bytes);
    this.#done += bytes;
    this.#tell(this.#done);
  }

  /** A range comes again, or is there: then nothing is taken back for it any more. */
  settle(index: number, there: boolean): void {
    if (!there) this.#done -= this.#underWay.get(index) ?? 0;
    this.#underWay.delete(index);
  }
}
