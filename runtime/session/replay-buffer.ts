import { type FrameType, headerType, isSequenced } from "./frame.ts";
import type { TurnMemory } from "./turn-buffers.ts";

/** The numbered frames of one flush, kept as they left until the peer has accepted them. */
interface Segment {
  /** The number of its last numbered frame. */
  readonly last: number;
  /** How many numbered frames it holds. */
  readonly count: number;
  /** On the timers' scale. */
  readonly sentAt: number;
  /** The whole turn, frames without a number among them. */
  readonly bytes: Uint8Array;
  /** Where they are, if not in memory of their own. */
  readonly memory: TurnMemory | undefined;
}

/** Gets one frame again: its body lies in `bytes` from `start` to `end`, and left `ageMs` ago under this number. */
export type ReplaySink = (type: FrameType, bytes: Uint8Array, start: number, end: number, ageMs: number, number: number) => void;

/**
 * What was sent and not accepted, in plaintext: a new connection has other keys. Bounded by the outbox, which counts the same bytes and lets sends wait
 * when they are too many.
 */
export class ReplayBuffer {
  readonly #segments: Segment[] = [];

  get empty(): boolean {
    return this.#segments.length === 0;
  }

  /** Keeps what a flush hands over, which nobody changes from here on; or until it lets go of the memory in which that is. */
  keep(bytes: Uint8Array, last: number, count: number, sentAt: number, memory?: TurnMemory): void {
    memory?.hold();
    this.#segments.push({ last, count, sentAt, bytes, memory });
  }

  /** The peer has accepted everything up to this number. A segment goes as a whole. */
  accept(number: number): void {
    let done = 0;
    while (done < this.#segments.length && this.#segments[done]!.last <= number) done++;
    this.#drop(done);
  }

  /** Gives every numbered frame above `accepted` again, in order. */
  replay(accepted: number, now: number, sink: ReplaySink): void {
    for (const { last, count, sentAt, bytes } of this.#segments) {
      let number = last - count;
      for (let position = 0; position < bytes.length; ) {
        const header = bytes[position]!;
        const body = bodyOf(bytes, position);
        const end = body.start + body.length;
        if (isSequenced(header) && ++number > accepted) sink(headerType(header) as FrameType, bytes, body.start, end, now - sentAt, number);
        position = end;
      }
    }
  }

  clear(): void {
    this.#drop(this.#segments.length);
  }

  #drop(count: number): void {
    const segments = this.#segments;
    for (let at = 0; at < count; at++) segments[at]!.memory?.letGo();
    // Nearly always all of them.
    if (count === segments.length) segments.length = 0;
    else segments.splice(0, count);
  }
}

/** The numbered frames alone. What has no number is never sent again, and where there may be much of it, it must not be kept either. */
export function numberedFrames(bytes: Uint8Array): Uint8Array {
  const numbered = new Uint8Array(bytes.length);
  let length = 0;
  for (let position = 0; position < bytes.length; ) {
    const body = bodyOf(bytes, position);
    const end = body.start + body.length;
    if (isSequenced(bytes[position]!)) {
      numbered.set(bytes.subarray(position, end), length);
      length += end - position;
    }
    position = end;
  }
  return numbered.subarray(0, length);
}

/** Where the frame at `position` ends. The bytes are our own. */
export function frameEnd(bytes: Uint8Array, position: number): number {
  const { start, length } = bodyOf(bytes, position);
  return start + length;
}

/** Where the body of the frame at `position` begins, and how long it is. The bytes are our own. */
function bodyOf(bytes: Uint8Array, position: number): { readonly start: number; readonly length: number } {
  let length = 0;
  let scale = 1;
  for (let at = position + 1; ; at++) {
    const byte = bytes[at]!;
    length += (byte & 0x7f) * scale;
    if (byte < 0x80) return { start: at + 1, length };
    scale *= 128;
  }
}
