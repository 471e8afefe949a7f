/** A connection of bytes in order, for contenders without a protocol of their own. */
export interface Wire {
  /** Takes over `bytes`. Returns false when the writer should wait for `drained` before it writes more. */
  write(bytes: Buffer): boolean;
  /** Settles when there is room again. */
  drained(): Promise<void>;
  /** Says where to go with what arrives. */
  onBytes(receive: (bytes: Buffer) => void): void;
  close(): void;
}

/** How wires are made. */
export interface WireKind {
  /** Listens on a free port of 127.0.0.1; returns the port. */
  listen(accept: (wire: Wire) => void): Promise<number>;
  dial(port: number): Promise<Wire>;
}

/** Where messages are written. */
export interface Output {
  /** A copy of `payload` leaves behind a header of two numbers of 32 bits. Returns what Wire's `write` does. */
  send(first: number, second: number, payload: Buffer): boolean;
  drained(): Promise<void>;
}

/** One write a message. */
export class PlainOutput implements Output {
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  send(first: number, second: number, payload: Buffer): boolean {
    const bytes = Buffer.allocUnsafe(8 + payload.length);
    put(bytes, 0, first, second, payload);
    return this.#wire.write(bytes);
  }

  drained(): Promise<void> {
    return this.#wire.drained();
  }
}

/** Bytes of a turn after which a sender is told to wait. */
const HIGH_WATER = 65_536;

/** One write a turn of the event loop. */
export class BatchedOutput implements Output {
  readonly #wire: Wire;
  #buffer: Buffer = Buffer.allocUnsafeSlow(2 * HIGH_WATER);
  #length = 0;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  send(first: number, second: number, payload: Buffer): boolean {
    const end = this.#length + 8 + payload.length;
    if (end > this.#buffer.length) this.#grow(end);
    if (this.#length === 0) setImmediate(() => this.#flush());
    put(this.#buffer, this.#length, first, second, payload);
    this.#length = end;
    return end < HIGH_WATER;
  }

  drained(): Promise<void> {
    return new Promise((resolve) => setImmediate(() => resolve(this.#wire.drained())));
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(2 * needed);
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }

  #flush(): void {
    this.#wire.write(this.#buffer.subarray(0, this.#length));
    this.#buffer = Buffer.allocUnsafeSlow(2 * HIGH_WATER);
    this.#length = 0;
  }
}

function put(buffer: Buffer, at: number, first: number, second: number, payload: Buffer): void {
  buffer.writeUInt32BE(first, at);
  buffer.writeUInt32BE(second, at + 4);
  buffer.set(payload, at + 8);
}
