/** So many answers may wait for the kernel. After that only the last ping is answered, as RFC 6455, section 5.5.3, allows: who pings and does not read gets nothing kept. */
const MAX_WAITING_PONGS = 16;

/** Writes an answer with this payload; `written` is called when it has left, or failed to. */
export type SendPong = (payload: Uint8Array, written: (error?: Error | null) => void) => void;

/** Answers a peer's pings. Made for connections that are pinged: browsers and both ends of this package never do. */
export class WebSocketPongs {
  readonly #send: SendPong;
  #waiting = 0;
  /** The last ping that is not answered, a copy. */
  #last: Uint8Array | undefined;

  constructor(send: SendPong) {
    this.#send = send;
  }

  answer(payload: Uint8Array): void {
    if (this.#waiting < MAX_WAITING_PONGS) {
      this.#waiting++;
      this.#send(payload, this.#written);
    } else this.#last = new Uint8Array(payload);
  }

  /** Behind a closing frame nothing may follow. */
  stop(): void {
    this.#last = undefined;
  }

  readonly #written = (error?: Error | null): void => {
    this.#waiting--;
    const last = this.#last;
    if (error || last === undefined) return;
    this.#last = undefined;
    this.answer(last);
  };
}
