import type { Timers } from "../time/timers.ts";
import type { OutboxRoom } from "./outbox-room.ts";
import type { Outboxes } from "./outboxes.ts";
import type { Owed } from "./owed.ts";
import type { SessionLink, WriteFrame } from "./session-options.ts";

/** What a flush consists of. */
export interface FlushHost {
  /** Where to; undefined while nothing can be sent. */
  readonly link: SessionLink | undefined;
  readonly outboxes: Pick<Outboxes, "flush" | "writing">;
  readonly owed: Pick<Owed, "write">;
  readonly room: Pick<OutboxRoom, "freed">;
  readonly timers: Pick<Timers, "now">;
  readonly write: WriteFrame;
  /** Keeps what waits for another connection. */
  keep(): void;
}

/** When what waits to be sent leaves: at the end of the turn, or once the transport takes bytes again; and where it stays without a connection. */
export class Flusher {
  readonly #endOfTurn: (run: () => void) => void;
  readonly #host: FlushHost;
  #due = false;

  /** @param endOfTurn runs a function after the current turn of the event loop */
  constructor(endOfTurn: (run: () => void) => void, host: FlushHost) {
    this.#endOfTurn = endOfTurn;
    this.#host = host;
  }

  /** Asks for a flush at the end of the turn. */
  readonly schedule = (): void => {
    if (this.#due) return;
    this.#due = true;
    this.#endOfTurn(this.ifDue);
  };

  /** What is queued from now on waits for {@link flush} alone, and not for the end of the turn. False when something waits for that, or nothing can leave. */
  hold(): boolean {
    const { link, outboxes } = this.#host;
    if (this.#due || outboxes.writing || link?.writable !== true) return false;
    this.#due = true;
    return true;
  }

  /** Flushes what has been waiting for that. */
  readonly ifDue = (): void => {
    if (this.#due) this.flush();
  };

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

  /** Everything that waited has gone another way. */
  done(): void {
    this.#due = false;
  }
}
