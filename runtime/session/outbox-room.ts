import type { Timer, Timers } from "../time/timers.ts";
import { FULL_FOR_STREAMS, type Outboxes } from "./outboxes.ts";
import type { SessionHandler } from "./session-options.ts";

export interface OutboxRoomHost {
  readonly outboxes: Pick<Outboxes, "full" | "acceptedInAll" | "small" | "ask">;
  readonly timers: Timers;
  /** How long a peer may accept nothing while an outbox is full; Infinity for ever. */
  readonly options: { readonly slowPeerTimeoutMs: number };
  /** Is told when a class has room after it had none. */
  readonly handler: Pick<SessionHandler, "room">;
  /** Pings the peer. */
  ping(answered: () => void): void;
  /** One had none for too long, and the peer accepted nothing. */
  slow(): void;
}

/** Watches the room of the outboxes: whoever waits for it is told, and a peer that takes nothing though it could is given up. */
export class OutboxRoom {
  readonly #host: OutboxRoomHost;
  /** The classes without room, a bit for each. */
  #full = 0;
  /** There is a connection over which the peer could accept something. */
  #attached = false;
  #timer: Timer | undefined;
  #accepted = 0;

  constructor(host: OutboxRoomHost) {
    this.#host = host;
  }

  /** Something was put into the outbox. */
  used(): void {
    const { outboxes } = this.#host;
    const before = this.#full;
    this.#full = outboxes.full;
    if (this.#full === before) return;
    if (this.#attached && outboxes.small && outboxes.ask()) this.#host.ping(nobody);
    if (this.#lacks) this.#watch();
  }

  /** The peer accepted something, or something left. */
  freed(): void {
    if (this.#full === 0) return;
    const before = this.#full;
    this.#full = this.#host.outboxes.full;
    if (!this.#lacks) this.#rest();
    if ((before & ~this.#full) !== 0) this.#host.handler.room();
  }

  attached(): void {
    this.#attached = true;
    if (this.#lacks) this.#watch();
  }

  detached(): void {
    this.#attached = false;
    this.#rest();
  }

  /** A class has no room for anything. What streams leave free is no sign of a slow peer. */
  get #lacks(): boolean {
    return this.#full % FULL_FOR_STREAMS !== 0;
  }

  #watch(): void {
    const { slowPeerTimeoutMs } = this.#host.options;
    if (!this.#attached || this.#timer !== undefined || slowPeerTimeoutMs === Number.POSITIVE_INFINITY) return;
    this.#accepted = this.#host.outboxes.acceptedInAll;
    this.#timer = this.#host.timers.after(slowPeerTimeoutMs, () => this.#judge());
  }

  #rest(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #judge(): void {
    this.#timer = undefined;
    if (this.#host.outboxes.acceptedInAll > this.#accepted) this.#watch();
    else this.#host.slow();
  }
}

/** What waits is told when there is room. */
function nobody(): void {}
