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

/**
 * What the streams of one session share, whoever called their commands: the budget of what waits for readers, the turns of what is sent, and whether
 * idle deadlines count. Each is made when a stream first needs it: most sessions have none.
 */
export class SessionStreams {
  readonly #options: SessionStreamsOptions;
  #budget: StreamBudget | undefined;
  /** A class waits for no other one. */
  #turns: ByPriority<StreamTurns> | undefined;
  #deadlines: RunningDeadlines | undefined;
  #connected = true;

  constructor(options: SessionStreamsOptions) {
    this.#options = options;
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

  /** The idle deadline of a command, where its schema has one; `expired` is called when nothing passed for so long. */
  idle({ idleTimeoutMs = 0 }: CommandType, expired: () => void): IdleDeadline | undefined {
    if (idleTimeoutMs === 0) return undefined;
    this.#deadlines ??= new RunningDeadlines(this.#connected);
    return new IdleDeadline(idleTimeoutMs, this.#options.timers, this.#deadlines, expired);
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
