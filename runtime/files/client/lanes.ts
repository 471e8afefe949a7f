import { Files, type FilesProxy } from "../../../generated/zserver/files/v1/files.ts";
import { CommandError } from "../../errors/command-error.ts";
import { InterruptibleWait } from "../../discovery/wait.ts";
import type { Timers } from "../../time/timers.ts";
import { type FilesSession, isLost, MAX_TRIES, type Sessions } from "./session.ts";

export interface LanesOptions {
  readonly sessions: Sessions;
  /** Ranges under way at once, in each session. */
  readonly parallel: number;
  readonly timers: Timers;
  readonly signal?: AbortSignal | undefined;
  /** Moves one range. */
  readonly move: (files: FilesProxy, index: number, signal: AbortSignal) => Promise<void>;
}

/** Moves the ranges of a file over all sessions. What one session has under way when its connection goes is left to the others. */
export class Lanes {
  readonly #options: LanesOptions;
  readonly #wait: InterruptibleWait;
  readonly #ended = new AbortController();
  readonly #signal: AbortSignal;
  #queue: number[] = [];
  readonly #tries = new Map<number, number>();
  /** Where a session's ranges are stopped. */
  readonly #stops = new Map<FilesSession, AbortController>();
  /** Sessions that nothing more is asked of, with what they said last. */
  readonly #lost = new Map<FilesSession, unknown>();

  constructor(options: LanesOptions) {
    this.#options = options;
    this.#wait = new InterruptibleWait(options.timers);
    this.#signal = AbortSignal.any([this.#ended.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  }

  /** Resolves when all ranges have been moved. Rejects with the first failure that another try does not mend, when nothing is under way any more. */
  async run(indices: readonly number[]): Promise<void> {
    const { sessions } = this.#options;
    this.#queue = [...indices];
    const watches = sessions.all.length > 1 ? sessions.all.map((session) => this.#watch(session)) : [];
    try {
      while (this.#queue.length > 0) {
        const usable = sessions.usable.filter((session) => !this.#lost.has(session));
        if (usable.length === 0)
          throw [...this.#lost.values()].at(-1) ?? new CommandError("SESSION_LOST", "every session of the transfer has ended");
        await this.#round(usable);
      }
    } finally {
      for (const stop of watches) stop();
    }
  }

  async #round(usable: readonly FilesSession[]): Promise<void> {
    const lanes = usable.flatMap((session) => {
      const stop = new AbortController();
      this.#stops.set(session, stop);
      const signal = AbortSignal.any([this.#signal, stop.signal]);
      const count = Math.min(this.#options.parallel, this.#queue.length);
      return Array.from({ length: count }, () => this.#lane(session, stop.signal, signal));
    });
    const settled = await Promise.allSettled(lanes);
    this.#signal.throwIfAborted();
    for (const lane of settled) if (lane.status === "rejected") throw lane.reason;
  }

  async #lane(session: FilesSession, stopped: AbortSignal, signal: AbortSignal): Promise<void> {
    for (let index = this.#queue.shift(); index !== undefined; index = this.#queue.shift()) {
      try {
        signal.throwIfAborted();
        await this.#options.move(session.use(Files), index, signal);
      } catch (error) {
        this.#queue.push(index);
        if (stopped.aborted && !this.#signal.aborted) return;
        if (isLost(error)) {
          this.#lost.set(session, error);
          return;
        }
        await this.#again(index, error);
      }
    }
  }

  /** Waits until a range may be tried again. Throws when that would change nothing, and stops the others. */
  async #again(index: number, error: unknown): Promise<void> {
    const tries = (this.#tries.get(index) ?? 1) + 1;
    this.#tries.set(index, tries);
    const mends = CommandError.is(error) && (error.code === "DATA_LOSS" || error.retryAfterMs !== undefined);
    if (!mends || tries > MAX_TRIES || this.#signal.aborted) {
      this.#ended.abort(error);
      throw error;
    }
    if (error.retryAfterMs !== undefined) await this.#wait.wait(error.retryAfterMs, this.#signal);
  }

  /** Stops what a session has under way when it loses its connection while others have theirs. Returns a way to end it. */
  #watch(session: FilesSession): () => void {
    const status = session.status();
    void (async () => {
      for await (const { type } of status) {
        const others = this.#options.sessions.all.some((other) => other !== session && other.state === "open");
        if (type === "disconnected" && others) this.#stops.get(session)?.abort();
      }
    })();
    return () => void status.return?.();
  }
}
