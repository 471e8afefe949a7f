import type { Transport, TransportClose, TransportEvents } from "../transport.ts";
import { quiet } from "./case.ts";
import { mismatch, pattern } from "./pattern.ts";

const FILL_PIECE_BYTES = 64 * 1024;
/** More than any transport should take in one turn. */
const FILL_LIMIT_BYTES = 32 * 1024 * 1024;
/** More than any two kernels keep between them. */
const STOP_LIMIT_BYTES = 256 * 1024 * 1024;

/** One end of a connection under test: sends the pattern, checks that the peer's arrives unbroken, and holds the transport to its contract. */
export class End implements TransportEvents {
  readonly transport: Transport;
  /** The peer reads while it is paused: it cannot stop this end from sending. */
  readonly #peerReadsOn: boolean;
  /** Bytes sent and bytes that came. */
  sent = 0;
  received = 0;
  drains = 0;
  readonly closes: TransportClose[] = [];
  /** What the transport did that it must not; checked when a case ends. */
  readonly faults: string[] = [];
  /** Called for each arrival, after it was checked. */
  onArrival: (() => void) | undefined;
  #inCall = false;
  #full = false;
  #paused = false;
  #waiting: { readonly done: () => boolean; readonly resolve: () => void }[] = [];

  constructor(transport: Transport, peerReadsOn: boolean) {
    this.transport = transport;
    this.#peerReadsOn = peerReadsOn;
  }

  start(): void {
    this.transport.start(this);
  }

  /** Sends the next `length` bytes of the pattern. False when the transport likes no more. */
  send(length: number): boolean {
    const ok = this.call(() => this.transport.write(pattern(this.sent, length)));
    this.sent += length;
    this.#full ||= !ok;
    return ok;
  }

  /** The same, and writes over the bytes as soon as the transport needs them no more. */
  sendAndReuse(length: number): void {
    const bytes = pattern(this.sent, length);
    let said = false;
    const ok = this.call(() =>
      this.transport.write(bytes, () => {
        if (said) this.faults.push("written was called twice");
        said = true;
        bytes.fill(0);
      }),
    );
    this.sent += length;
    this.#full ||= !ok;
  }

  /** Whether the transport asked to wait, and has not told that it has drained. */
  get waits(): boolean {
    return this.#full;
  }

  /** Sends until the transport likes no more; fails when it never does. */
  fill(): void {
    const start = this.sent;
    while (this.send(FILL_PIECE_BYTES)) {
      if (this.sent - start > FILL_LIMIT_BYTES) throw new Error(`write never returned false in ${FILL_LIMIT_BYTES} bytes`);
    }
  }

  /** Sends to a paused peer until no drain follows any more: everything between the two ends is full, if the peer can bring that about. */
  async fillUntilStopped(): Promise<void> {
    const start = this.sent;
    for (let drains = -1; drains !== this.drains; ) {
      drains = this.drains;
      this.fill();
      if (this.#peerReadsOn) return;
      if (this.sent - start > STOP_LIMIT_BYTES) throw new Error(`a paused peer took ${STOP_LIMIT_BYTES} bytes`);
      await quiet();
    }
    if (this.transport.bufferedBytes === 0) throw new Error("nothing is buffered at a stopped sender");
  }

  /** Sends `length` bytes in pieces, stopping whenever it is told to. */
  async pump(length: number, pieceBytes: number): Promise<void> {
    for (const goal = this.sent + length; this.sent < goal; ) {
      const drains = this.drains;
      if (!this.send(Math.min(pieceBytes, goal - this.sent))) await this.until(() => this.drains > drains || this.closes.length > 0);
      if (this.closes.length > 0) throw new Error(`ended while sending: ${this.closes[0]!.message}`);
    }
  }

  pause(): void {
    this.#paused = true;
    this.call(() => this.transport.pause());
  }

  resume(): void {
    this.#paused = false;
    this.call(() => this.transport.resume());
  }

  /** Calls the transport, and notes it when the transport answers with an event from within. */
  call<T>(run: () => T): T {
    this.#inCall = true;
    try {
      return run();
    } finally {
      this.#inCall = false;
    }
  }

  /** Resolves when `done` holds, which is looked at after every event. */
  until(done: () => boolean): Promise<void> {
    if (done()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ done, resolve });
    });
  }

  /** For the message of a case that hangs. */
  describe(): string {
    return `sent ${this.sent}, received ${this.received}, buffered ${this.transport.bufferedBytes}, drains ${this.drains}, closes ${this.closes.length}`;
  }

  closed(): Promise<void> {
    return this.until(() => this.closes.length > 0);
  }

  onBytes(bytes: Uint8Array): void {
    this.#note("onBytes");
    if (this.#paused) this.faults.push("bytes came while paused");
    if (bytes.length === 0) this.faults.push("an empty arrival");
    const at = mismatch(bytes, this.received);
    if (at >= 0) this.faults.push(`byte ${this.received + at} is not what was sent there`);
    this.received += bytes.length;
    this.onArrival?.();
    this.#wake();
  }

  onDrain(): void {
    this.#note("onDrain");
    if (!this.#full) this.faults.push("onDrain without a write that returned false");
    this.#full = false;
    this.drains++;
    this.#wake();
  }

  onClose(close: TransportClose): void {
    this.#note("onClose");
    this.closes.push(close);
    this.#wake();
  }

  #note(event: string): void {
    if (this.#inCall) this.faults.push(`${event} from within a call`);
    if (this.closes.length > 0) this.faults.push(`${event} after onClose`);
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const waiter of waiting) {
      if (waiter.done()) waiter.resolve();
      else this.#waiting.push(waiter);
    }
  }
}
