import { LargeMemory } from "../bytes/large-memory.ts";
import { type GrowthMemory, Writer } from "../bytes/writer.ts";

/** The first size of a turn's buffer: a call or two. Thousands of sessions may send one each in the same turn, and the memory of buffers that grew is used again. */
const INITIAL_BUFFER_BYTES = 512;
/** A turn of more is not copied to be kept: its memory is kept, and other memory taken for the next one. */
export const LONG_TURN_BYTES = 16_384;
/** Buffers that wait for their next turn: as many sessions of a process may write in one turn without making a buffer. */
const KEPT_BUFFERS = 64;

const spare: Writer[] = [];
const large = new LargeMemory();
/** What a turn grows in. One that is not long takes less than twice what it needs, a power of two: very many sessions may write one at the same time. */
const growth: GrowthMemory = {
  take: (bytes) => (bytes > LONG_TURN_BYTES ? large.take(bytes) : new Uint8Array(2 ** (32 - Math.clz32(bytes - 1)))),
  give: (memory) => large.give(memory),
};

/**
 * An empty buffer for what one session sends in one turn. A quiet session holds none: a million of them must not cost a buffer each.
 *
 * @param expected how many bytes it will take, as far as is known
 */
export function takeTurnBuffer(expected = 0): Writer {
  if (expected <= LONG_TURN_BYTES) return spare.pop() ?? new Writer(INITIAL_BUFFER_BYTES, growth);
  const writer = new Writer(0, growth);
  writer.buffer = large.take(expected);
  return writer;
}

/** Gives a buffer back. Views of it are void from here on. */
export function returnTurnBuffer(writer: Writer): void {
  if (writer.buffer.length > LONG_TURN_BYTES) large.give(writer.buffer);
  else if (spare.length < KEPT_BUFFERS) {
    writer.position = 0;
    spare.push(writer);
  }
}

/** A turn's frames in the memory in which they were written. Several may hold it: who sends it piece by piece, and who keeps it until it is accepted. */
export class TurnMemory {
  readonly bytes: Uint8Array;
  #holders = 1;

  /** The writer is nobody's from here on. Whoever makes this holds it. */
  constructor(writer: Writer) {
    this.bytes = writer.view();
  }

  hold(): void {
    this.#holders++;
  }

  /** Whoever lets go looks at the bytes no more. */
  letGo(): void {
    if (--this.#holders === 0) large.give(this.bytes);
  }
}
