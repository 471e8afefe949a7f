import type { Timers } from "../time/timers.ts";
import type { OutboxRoom } from "./outbox-room.ts";
import type { Outboxes } from "./outboxes.ts";
import type { Owed } from "./owed.ts";
import type { SessionLink, SessionOptions, WriteFrame } from "./session-options.ts";

/** What a flush consists of. */
export interface FlushHost {
  /** Where to; undefined while nothing can be sent. */
  readonly link: SessionLink | undefined;
  readonly outboxes: Pick<Outboxes, "flush" | "writing">;
  readonly owed: Pick<Owed, "write">;
  readonly room: Pick<OutboxRoom, "freed">;
  readonly timers: Pick<Timers, "now">;
  readonly options: Pick<SessionOptions, "endOfTurn" | "endOfCallback">;
  readonly write: WriteFrame;
  /** Keeps what waits for another connection. */
  keep(): void;
}

/** Whose peer's bytes were read last; undefined once the answer to them is under way. One for all sessions: others have their turn's end. */
let reading: Flusher | undefined;

/** When what waits to be sent leaves: at the end of the turn or of what was read, or once the transport takes bytes again; and where it stays without a connection. */
export class Flusher {
  readonly #host: FlushHost;
  #due = false;

  constructor(host: FlushHost) {
    this.#host = host;
  }

  /** Bytes come from the peer. */
  read(): void {
    reading = this;
  }

  /**
   * Asks for a flush at the end of the turn. The first that is sent because of what was read does not wait for what else the turn has to do: all that these bytes bring
   * about is sent together, and the next by the turn's end.
   */
  schedule(): void {
    if (this.#due) return;
    this.#due = true;
    const { endOfTurn, endOfCallback } = this.#host.options;
    // Made each time: a quiet session keeps none.
    const flush = (): void => this.ifDue();
    if (reading !== this || endOfCallback === undefined) endOfTurn(flush);
    else endOfCallback(flush);
    if (reading === this) reading = undefined;
  }

  /** What is queued from now on waits for {@link flush} alone, and not for the end of the turn. False when something waits for that, or nothing can leave. */
  hold(): boolean {
    const { link, outboxes } = this.#host;
    if (this.#due || outboxes.writing || link?.writable !== true) return false;
    this.#due = true;
    return true;
  }

  /** Flushes what has been waiting for that. */
  ifDue(): void {
    if (this.#due) this.flush();
  }

  /** Sends what this turn collected; what has no connection is kept for one. Either way streams may go on. */
  flush(): void {
    const { link, owed, outboxes, room, timers } = this.#host;
    // Until all is written: what is owed is part of this flush, not a reason for another.
    this.#due = link !== undefined;
    if (link === undefined) this.#host.keep();
    else if (link.writable) {
      owed.write(this.#host);
      this.#due = false;
      outboxes.flush(link, timers.now());
    }
    room.freed();
  }

  /** Nothing waits any more: it has gone another way, or the session has ended. */
  done(): void {
    this.#due = false;
    if (reading === this) reading = undefined;
  }
}
