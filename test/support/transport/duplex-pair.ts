import { Duplex } from "node:stream";

/** One of two streams, each of which reads what the other is given: what a serial line or a channel of SSH looks like to a program. */
class DuplexEnd extends Duplex {
  #other: DuplexEnd | undefined;
  /** Tells the other end's writer that this end's reader wants more. */
  #wanted: (() => void) | undefined;

  join(other: DuplexEnd): void {
    this.#other = other;
  }

  override _read(): void {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    wanted?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    setImmediate(() => {
      const other = this.#other!;
      if (other.destroyed || other.push(chunk)) done();
      else other.#wanted = done;
    });
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#other!.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const vanished = !this.writableFinished;
    setImmediate(() => {
      const other = this.#other!;
      if (!other.destroyed && !other.readableEnded && vanished) other.destroy(new Error("the line went dead"));
    });
    done(error);
  }
}

export function duplexPair(): readonly [Duplex, Duplex] {
  const a = new DuplexEnd();
  const b = new DuplexEnd();
  a.join(b);
  b.join(a);
  return [a, b];
}
