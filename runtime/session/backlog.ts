import { isSequenced } from "./frame.ts";
import { frameEnd } from "./replay-buffer.ts";
import type { TurnMemory } from "./turn-buffers.ts";

/** What is taken for the transport. */
interface Taken {
  readonly bytes: Uint8Array;
  /** Numbered frames that end in it. */
  readonly frames: number;
  /** To be let go when the bytes have left: they are the last in it. */
  readonly memory: TurnMemory | undefined;
}

/** Whole frames of one class that wait for the transport, and of which it is given pieces. */
export class Backlog {
  readonly #turns: { readonly bytes: Uint8Array; readonly memory: TurnMemory | undefined }[] = [];
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

  /** Its owner does not change the bytes from here on; or until it lets go of the memory in which they are. */
  push(bytes: Uint8Array, memory?: TurnMemory): void {
    memory?.hold();
    this.#turns.push({ bytes, memory });
  }

  /** At most so many bytes of the first turn. */
  take(most: number): Taken {
    const { bytes: turn, memory } = this.#turns[0]!;
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
    const last = end === turn.length;
    if (last) {
      this.#turns.shift();
      this.#position = this.#frame = 0;
    }
    return { bytes: turn.subarray(start, end), frames, memory: last ? memory : undefined };
  }

  clear(): void {
    for (const { memory } of this.#turns.splice(0)) memory?.letGo();
    this.#position = this.#frame = 0;
  }
}
