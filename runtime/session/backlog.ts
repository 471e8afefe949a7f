import { isSequenced } from "./frame.ts";
import { frameEnd } from "./replay-buffer.ts";

/** What is taken for the transport. */
interface Taken {
  readonly bytes: Uint8Array;
  /** Numbered frames that end in it. */
  readonly frames: number;
}

/** Whole frames of one class that wait for the transport, and of which it is given pieces. */
export class Backlog {
  readonly #turns: Uint8Array[] = [];
  /** Of the first turn: what was taken, and where the frame begins that was not taken wholly. */
  #position = 0;
  #frame = 0;

  get empty(): boolean {
    return this.#turns.length === 0;
  }

  /** A frame was taken in part. */
  get cut(): boolean {
    return this.#position > this.#frame;
  }

  /** Its owner does not change the bytes from here on. */
  push(bytes: Uint8Array): void {
    this.#turns.push(bytes);
  }

  /** At most so many bytes of the first turn. */
  take(most: number): Taken {
    const turn = this.#turns[0]!;
    const start = this.#position;
    const end = Math.min(turn.length, start + most);
    let frames = 0;
    while (this.#frame < end) {
      const next = frameEnd(turn, this.#frame);
      if (next > end) break;
      if (isSequenced(turn[this.#frame]!)) frames++;
      this.#frame = next;
    }
    this.#position = end;
    if (end === turn.length) {
      this.#turns.shift();
      this.#position = this.#frame = 0;
    }
    return { bytes: turn.subarray(start, end), frames };
  }

  clear(): void {
    this.#turns.length = 0;
    this.#position = this.#frame = 0;
  }
}
