import type { Timer, Timers } from "../time/timers.ts";
import type { Outbox } from "./outbox.ts";

export interface OutboxRoomHost {
  /** There is room after there was none. */
  room(): void;
  /** There was none for too long, and the peer accepted nothing. */
  slow(): void;
}

/** Watches the room of an outbox: whoever waits for it is told, and a peer that takes nothing though it could is given up. */
export class OutboxRoom {
  readonly #outbox: Outbox;
  readonly #timers: Timers;
  readonly #slowAfterMs: number;
  readonly #host: OutboxRoomHost;
  #full = false;
  /** There is a connection over which the peer could accept something. */
  #attached = false;
  #timer: Timer | undefined;
  #accepted = 0;

  /** @param slowAfterMs how long a peer may accept nothing while the outbox is full; Infinity for ever */
  constructor(outbox: Outbox, timers: Timers, slowAfterMs: number, host: OutboxRoomHost) {
    this.#outbox = outbox;
    this.#timers = timers;
    this.#slowAfterMs = slowAfterMs;
    this.#host = host;
  }

  /** Something was put into the outbox. */
  used(): void {
    this.#full = !this.#outbox.room;
    if (this.#full) this.#watch();
  }

  /** The peer accepted something, or something left. */
  freed(): void {
    if (!this.#full || !this.#outbox.room) return;
    this.#full = false;
    this.#rest();
    this.#host.room();
  }

  attached(): void {
    this.#attached = true;
    if (this.#full) this.#watch();
  }

  detached(): void {
    this.#attached = false;
    this.#rest();
  }

  #watch(): void {
    if (!this.#attached || this.#timer !== undefined || this.#slowAfterMs === Number.POSITIVE_INFINITY) return;
    this.#accepted = this.#outbox.accepted;
    this.#timer = this.#timers.after(this.#slowAfterMs, this.#judge);
  }

  #rest(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  readonly #judge = (): void => {
    this.#timer = undefined;
    if (this.#outbox.accepted > this.#accepted) this.#watch();
    else this.#host.slow();
  };
}
