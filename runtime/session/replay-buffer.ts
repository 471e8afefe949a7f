import { type FrameType, headerType, isSequenced } from "./frame.ts";
import type { TurnMemory } from "./turn-buffers.ts";

/** The numbered frames of one turn: they are accepted, and sent again, together. */
interface Segment {
  /** The number of its last numbered frame. */
  readonly last: number;
  /** How many numbered frames it holds. */
  readonly count: number;
  /** Bytes of these. */
  readonly size: number;
  /** On the timers' scale. */
  readonly sentAt: number;
  /** The whole turn, frames without a number among them; undefined where nothing is sent again. */
  readonly bytes: Uint8Array | undefined;
  /** Where they are, if not in memory of their own. */
  readonly memory: TurnMemory | undefined;
  /** How many bytes the connection had been given with its last frame; -1 until that is given. */
  given: number;
  next: Segment | undefined;
}

/** Gets one frame again: its body lies in `bytes` from `start` to `end`, and left `ageMs` ago under this number. */
export type ReplaySink = (type: FrameType, bytes: Uint8Array, start: number, end: number, ageMs: number, number: number) => void;

/**
 * What one class has sent and the peer has not accepted: counted, and kept in plaintext where it may have to be sent again, for a new connection has other keys. Bounded by the
 * outbox, which lets sends wait when it is too much.
 */
export class ReplayBuffer {
  #first: Segment | undefined;
  #last: Segment | undefined;
  /** The first that the connection was not given. */
  #waiting: Segment | undefined;
  /** Of all numbered frames. */
  bytes = 0;

  /**
   * A turn is complete.
   *
   * @param bytes nobody changes them from here on; or until this lets go of the memory in which they are
   * @param size bytes of the `count` numbered frames of which `last` is the last
   */
  keep(bytes: Uint8Array | undefined, last: number, count: number, size: number, sentAt: number, memory?: TurnMemory): void {
    memory?.hold();
    const segment: Segment = { last, count, size, sentAt, bytes, memory, given: -1, next: undefined };
    if (this.#last === undefined) this.#first = segment;
    else this.#last.next = segment;
    this.#last = segment;
    this.#waiting ??= segment;
    this.bytes += size;
  }

  /** The connection was given the numbered frames up to this one, which makes `sent` bytes of all. */
  given(handed: number, sent: number): void {
    let segment = this.#waiting;
    for (; segment !== undefined && segment.last <= handed; segment = segment.next) segment.given = sent;
    this.#waiting = segment;
  }

  /** Another connection, which was given nothing. */
  again(): void {
    this.#waiting = this.#first;
    for (let segment = this.#first; segment !== undefined; segment = segment.next) segment.given = -1;
  }

  /**
   * The peer has accepted everything up to this number. A segment goes as a whole. How many bytes the connection had been given with the last that goes; undefined when
   * none does.
   */
  accept(number: number): number | undefined {
    let given: number | undefined;
    for (let segment = this.#first; segment !== undefined && segment.last <= number; segment = this.#first) {
      given = segment.given;
      this.#drop(segment);
    }
    return given;
  }

  /** Gives every numbered frame above `accepted` again, in order. */
  replay(accepted: number, now: number, sink: ReplaySink): void {
    for (let segment = this.#first; segment !== undefined; segment = segment.next) {
      const { last, count, sentAt, bytes, memory } = segment;
      if (bytes === undefined) continue;
      const length = memory?.length ?? bytes.length;
      let number = last - count;
      for (let position = 0; position < length; ) {
        const header = bytes[position]!;
        const body = bodyOf(bytes, position);
        const end = body.start + body.length;
        if (isSequenced(header) && ++number > accepted) sink(headerType(header) as FrameType, bytes, body.start, end, now - sentAt, number);
        position = end;
      }
    }
  }

  clear(): void {
    while (this.#first !== undefined) this.#drop(this.#first);
  }

  /** The first one goes. */
  #drop(segment: Segment): void {
    const { next } = segment;
    this.#first = next;
    if (next === undefined) this.#last = undefined;
    if (this.#waiting === segment) this.#waiting = next;
    // In the old generation, it would keep all that come after it.
    segment.next = undefined;
    this.bytes -= segment.size;
    segment.memory?.letGo();
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
