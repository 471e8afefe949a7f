import type { CommandType } from "../schema/service-type.ts";
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

/** What the streams of one session share, whoever called their commands: the budget of what waits for readers, and the turns of what is sent. */
export class SessionStreams {
  readonly budget: StreamBudget;
  readonly #peerLimits: PeerLimits;
  readonly #timers: Timers;
  readonly #deadlines: RunningDeadlines = new RunningDeadlines();
  readonly #endOfTurn: (run: () => void) => void;
  /** A class waits for no other one. */
  readonly #turns: ByPriority<StreamTurns>;

  constructor({ limits, peerLimits, timers, endOfTurn }: SessionStreamsOptions) {
    this.budget = new StreamBudget(limits, () => timers.now());
    this.#peerLimits = peerLimits;
    this.#timers = timers;
    this.#endOfTurn = endOfTurn;
    this.#turns = new ByPriority(new StreamTurns(endOfTurn));
  }

  /** @param own whether this side called the command */
  window(own: boolean): StreamWindow {
    return new StreamWindow(this.budget, own);
  }

  writer(priority: Priority, sink: StreamSink<unknown>): StreamWriter<unknown> {
    const { streamItems, streamBytes } = this.#peerLimits;
    return new StreamWriter(new CreditBudget(streamItems, streamBytes), sink, this.#turnsOf(priority));
  }

  /** The idle deadline of a command, where its schema has one; `expired` is called when nothing passed for so long. */
  idle({ idleTimeoutMs = 0 }: CommandType, expired: () => void): IdleDeadline | undefined {
    return idleTimeoutMs === 0 ? undefined : new IdleDeadline(idleTimeoutMs, this.#timers, this.#deadlines, expired);
  }

  /** The session has a connection, or has none any more. */
  set connected(connected: boolean) {
    this.#deadlines.connected = connected;
  }

  /** There may be room for items again. */
  retry(): void {
    for (const turns of this.#turns.all) turns.retry();
  }

  #turnsOf(priority: Priority): StreamTurns {
    const turns = this.#turns.get(priority);
    if (turns !== undefined || priority === Priority.NORMAL) return turns ?? this.#turns.normal;
    return this.#turns.add(priority, new StreamTurns(this.#endOfTurn));
  }
}
