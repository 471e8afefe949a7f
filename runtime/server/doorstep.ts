import type { Place } from "../transport/gate.ts";
import type { Transport } from "../transport/transport.ts";

/** Takes a connection, and its place at the gate where it came by one. */
export type Accept = (transport: Transport, place?: Place) => void;

/** Connections that come while a server is still being started: its first endpoint listens before its last, and one of several processes is given some at once. */
export class Doorstep {
  readonly #accept: Accept;
  /** Undefined once whoever comes goes in. A transport keeps what it is told until it is started. */
  #waiting: Parameters<Accept>[] | undefined = [];

  constructor(accept: Accept) {
    this.#accept = accept;
  }

  get empty(): boolean {
    return this.#waiting === undefined || this.#waiting.length === 0;
  }

  readonly accept: Accept = (transport, place) => {
    if (this.#waiting === undefined) this.#accept(transport, place);
    else this.#waiting.push([transport, place]);
  };

  /** From here on nobody waits. */
  open(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const each of waiting) this.#accept(...each);
  }
}
