import type { Peer } from "../command/peer.ts";
import { FrameType } from "../session/frame.ts";
import type { Timer, Timers } from "../time/timers.ts";

/** How long a move may take. */
export interface MoveOptions {
  /** Over how long the sessions are asked, one after the other, in milliseconds. Default 10,000. */
  readonly overMs?: number | undefined;
  /** How long the last one that was asked has to go over, in milliseconds. Default 10,000. */
  readonly waitMs?: number | undefined;
}

/** What came of a move. Sessions that ended before they went over are in neither count. */
export interface MoveResult {
  /** Sessions that went over to an entrance of the new list. */
  readonly moved: number;
  /** Sessions that did not: they have no connection, reach no entrance of the list, or are where it wants them. They go over when they can. */
  readonly stayed: number;
}

const DEFAULT_OVER_MS = 10_000;
const DEFAULT_WAIT_MS = 10_000;
/** Sessions that are due within this time are asked together. */
const STEP_MS = 10;

/** Asks sessions to go over to the entrances of a new list, evenly spread, and counts those that did. */
export class Move<Data> {
  readonly result: Promise<MoveResult>;
  readonly #timers: Timers;
  readonly #version: bigint;
  #peers: readonly Peer<Data>[];
  readonly #overMs: number;
  readonly #waitMs: number;
  readonly #startedAt: number;
  /** Those that live and did not go over. */
  readonly #staying: Set<Peer<Data>>;
  #asked = 0;
  #moved = 0;
  #timer: Timer | undefined;
  #settle!: (result: MoveResult) => void;

  /** @param version of the list that has the new entrances */
  constructor(timers: Timers, version: bigint, sessions: Iterable<Peer<Data>>, options: MoveOptions) {
    this.#timers = timers;
    this.#version = version;
    this.#peers = [...sessions];
    this.#staying = new Set(this.#peers);
    this.#overMs = options.overMs ?? DEFAULT_OVER_MS;
    this.#waitMs = options.waitMs ?? DEFAULT_WAIT_MS;
    this.#startedAt = timers.now();
    this.result = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#step();
  }

  /** A session goes on over an entrance of the list of this version. */
  resumed(peer: Peer<Data>, version: bigint): void {
    if (version < this.#version || !this.#staying.delete(peer)) return;
    this.#moved++;
    this.#checkDone();
  }

  ended(peer: Peer<Data>): void {
    if (this.#staying.delete(peer)) this.#checkDone();
  }

  /** Asks nobody any more, and says what came of it. */
  finish(): void {
    this.#timer?.cancel();
    this.#settle({ moved: this.#moved, stayed: this.#staying.size });
    // Whoever keeps the move keeps no session that has ended since.
    this.#peers = [];
    this.#staying.clear();
  }

  #step(): void {
    const total = this.#peers.length;
    const passed = this.#timers.now() - this.#startedAt;
    const due = passed >= this.#overMs ? total : Math.min(total, 1 + Math.floor((passed / this.#overMs) * total));
    for (; this.#asked < due; this.#asked++) this.#ask(this.#peers[this.#asked]!);
    if (this.#asked < total) {
      const next = Math.ceil((this.#asked / total) * this.#overMs) - passed;
      this.#timer = this.#timers.after(Math.max(next, STEP_MS), () => this.#step());
    } else {
      this.#timer = this.#timers.after(this.#waitMs, () => this.finish());
      this.#checkDone();
    }
  }

  /** Those that went over by themselves meanwhile, or have ended, are left alone. */
  #ask(peer: Peer<Data>): void {
    if (this.#staying.has(peer) && peer.core.outboxes.keeps) peer.control(FrameType.MOVE, () => {});
  }

  #checkDone(): void {
    if (this.#staying.size === 0) this.finish();
  }
}
