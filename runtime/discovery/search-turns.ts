import type { Timer, Timers } from "../time/timers.ts";
import { TurnQueue } from "../time/turn-queue.ts";
import type { Endpoint } from "../transport/endpoint.ts";
import type { ListedEndpoint } from "./endpoint-list.ts";

/**
 * Searches for one server that go on in a process at the same time. Where thousands of sessions lose their connections together, more of them would wait for the server than it
 * answers in the time of an attempt: all would be given up, made again, and be in each other's way, for ever.
 */
const SEARCHES_UNDER_WAY = 256;

/** Searches that begin in one turn of the event loop. Thousands would hold all others up for seconds. */
const SEARCHES_PER_TURN = 16;

/** What leads to no server that others want as well. */
const ALONE: ReadonlySet<Endpoint["scheme"]> = new Set(["memory", "custom"]);

/**
 * Waits until a search may try its addresses. Resolves, with what to call when it has tried them, then, after `timeoutMs`, and when the signal ends it. Undefined where nothing has to
 * be waited for.
 */
export type TakeTurn = (
  endpoints: readonly ListedEndpoint[],
  timeoutMs: number,
  signal: AbortSignal | undefined,
) => Promise<() => void> | undefined;

/** Those who want the same server. */
interface Line {
  underWay: number;
  /** Each begins when it is called; in the order in which they came. */
  readonly waiting: Set<() => void>;
  /** Goes through them, also through those that come later: to begin at the front each time would pass by all that have gone. */
  order: Iterator<() => void>;
}

/** The turns of a process's clients in looking for their servers. An attempt's time runs from its turn on. */
export class SearchTurns {
  readonly #timers: Timers;
  readonly #begin: TurnQueue;
  readonly #lines = new Map<string, Line>();

  /** @param endOfTurn runs a function after the next full poll of input */
  constructor(timers: Timers, endOfTurn: (run: () => void) => void) {
    this.#timers = timers;
    this.#begin = new TurnQueue(endOfTurn, SEARCHES_PER_TURN);
  }

  readonly take: TakeTurn = (endpoints, timeoutMs, signal) => {
    const first = endpoints[0]?.endpoint;
    if (first === undefined || ALONE.has(first.scheme) || signal?.aborted) return undefined;
    return new Promise((resolve) => this.#enter(first.url, timeoutMs, signal, resolve));
  };

  #enter(server: string, timeoutMs: number, signal: AbortSignal | undefined, resolve: (done: () => void) => void): void {
    const line = this.#lines.get(server) ?? this.#open(server);
    let timer: Timer | undefined;
    const stop = (): void => {
      timer?.cancel();
      signal?.removeEventListener("abort", giveUp);
    };
    const begin = (): void => {
      stop();
      line.underWay++;
      this.#begin.add(() => {
        resolve(() => this.#done(server, line));
        return signal?.aborted !== true;
      });
    };
    const giveUp = (): void => {
      stop();
      line.waiting.delete(begin);
      resolve(() => {});
    };
    if (line.underWay < SEARCHES_UNDER_WAY) {
      begin();
      return;
    }
    line.waiting.add(begin);
    timer = this.#timers.after(timeoutMs, giveUp);
    signal?.addEventListener("abort", giveUp, { once: true });
  }

  #open(server: string): Line {
    const waiting = new Set<() => void>();
    const line: Line = { underWay: 0, waiting, order: waiting.values() };
    this.#lines.set(server, line);
    return line;
  }

  #done(server: string, line: Line): void {
    line.underWay--;
    const { waiting } = line;
    const next = line.order.next();
    if (!next.done) {
      waiting.delete(next.value);
      next.value();
      return;
    }
    // Nobody waits; it would not go on with whoever comes now.
    line.order = waiting.values();
    if (line.underWay === 0) this.#lines.delete(server);
  }
}
