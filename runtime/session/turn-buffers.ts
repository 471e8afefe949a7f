import { SpareMemory } from "../bytes/spare-memory.ts";
import { type GrowthMemory, Writer } from "../bytes/writer.ts";

/** The first size of a turn's buffer: a call or two. Thousands of sessions may send one each in the same turn, and the memory of buffers that grew is used again. */
const INITIAL_BUFFER_BYTES = 512;
/** A turn of more is not copied to be kept: its memory is kept, and other memory taken for the next one. */
export const LONG_TURN_BYTES = 16_384;
/** Buffers that wait for their next turn: as many sessions of a process may write in one turn without making a buffer. */
const KEPT_BUFFERS = 64;

const spare: Writer[] = [];
/** What waits for the next copy of a turn: a turn of some thousand sessions each. */
const SPARE_COPY_BYTES = 1_048_576;
const large = new SpareMemory();
const copies = new SpareMemory(SPARE_COPY_BYTES);
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

/** A turn's frames in memory that is used again. Several may hold it: who sends it piece by piece, and who keeps it until it is accepted. */
export class TurnMemory {
  /** The turn, and whatever is behind its length. */
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly #spare: SpareMemory;
  #holders = 1;

  private constructor(bytes: Uint8Array, length: number, spare: SpareMemory) {
    this.bytes = bytes;
    this.length = length;
    this.#spare = spare;
  }

  /** The memory in which a long turn was written. The writer is nobody's from here on. Whoever makes this holds it. */
  static of(writer: Writer): TurnMemory {
    return new TurnMemory(writer.view(), writer.position, large);
  }

  /** The same of a turn that is not long: a copy. */
  static copy(turn: Uint8Array): TurnMemory {
    const bytes = copies.take(turn.length);
    bytes.set(turn);
    return new TurnMemory(bytes, turn.length, copies);
  }

  hold(): void {
    this.#holders++;
  }

  /** Whoever lets go looks at the bytes no more. */
  letGo(): void {
    if (--this.#holders === 0) this.#spare.give(this.bytes);
  }
}
