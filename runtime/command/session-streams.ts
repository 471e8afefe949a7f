import { CreditBudget } from "../session/credit.ts";
import type { Limits, PeerLimits } from "../session/limits.ts";
import { ByPriority, Priority } from "../session/priority.ts";
import { StreamBudget } from "../session/stream-budget.ts";
import { StreamWindow } from "../session/stream-window.ts";
import type { Timers } from "../time/timers.ts";
import { IdleDeadline, RunningDeadlines } from "./idle-deadline.ts";
import { StreamTurns } from "./stream-turns.ts";
import { type StreamSink, StreamWriter } from "./stream-writer.ts";

export interface SessionStreamsOptions {
  readonly limits: Limits;
  readonly peerLimits: PeerLimits;
  readonly timers: Timers;
  readonly endOfTurn: (run: () => void) => void;
}

/**
 * What the streams of one session share, whoever called their commands: the budget of what waits for readers, the turns of what is sent, and whether
 * idle deadlines count. All of it is made when a stream first needs it: most sessions have none.
 */
export class SessionStreams {
  readonly #options: SessionStreamsOptions;
  #budget: StreamBudget | undefined;
  /** A class waits for no other one. */
  #turns: ByPriority<StreamTurns> | undefined;
  #deadlines: RunningDeadlines | undefined;
  #connected: boolean;

  /** @param connected whether the session has a connection */
  constructor(options: SessionStreamsOptions, connected: boolean) {
    this.#options = options;
    this.#connected = connected;
  }

  get budget(): StreamBudget {
    const { limits, timers } = this.#options;
    this.#budget ??= new StreamBudget(limits, () => timers.now());
    return this.#budget;
  }

  /** @param own whether this side called the command */
  window(own: boolean): StreamWindow {
    return new StreamWindow(this.budget, own);
  }

  writer(priority: Priority, sink: StreamSink<unknown>): StreamWriter<unknown> {
    const { streamItems, streamBytes } = this.#options.peerLimits;
    return new StreamWriter(new CreditBudget(streamItems, streamBytes), sink, this.#turnsOf(priority));
  }

  /** The idle deadline of a command; `expired` is called when nothing passed for so long. */
  idle(timeoutMs: number, expired: () => void): IdleDeadline {
    this.#deadlines ??= new RunningDeadlines(this.#connected);
    return new IdleDeadline(timeoutMs, this.#options.timers, this.#deadlines, expired);
  }

  /** The session has a connection, or has none any more. */
  set connected(connected: boolean) {
    this.#connected = connected;
    if (this.#deadlines !== undefined) this.#deadlines.connected = connected;
  }

  /** There may be room for items again. */
  retry(): void {
    if (this.#turns === undefined) return;
    for (const turns of this.#turns.all) turns.retry();
  }

  #turnsOf(priority: Priority): StreamTurns {
    const { endOfTurn } = this.#options;
    this.#turns ??= new ByPriority(new StreamTurns(endOfTurn));
    const turns = this.#turns.get(priority);
    if (turns !== undefined || priority === Priority.NORMAL) return turns ?? this.#turns.normal;
    return this.#turns.add(priority, new StreamTurns(endOfTurn));
  }
}
