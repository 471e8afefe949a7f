import { seededRandom } from "../support/channel/ends.ts";
import { join, varint } from "../support/session/frames.ts";

/** Numbers at which something may happen: the ends of what fits into a byte, into a varint of so many bytes, into 31, 32, 53 and 64 bits. */
const edges: readonly number[] = [
  0,
  1,
  2,
  127,
  128,
  255,
  256,
  16_383,
  16_384,
  65_535,
  65_536,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 63,
];
const MAX_MUTATIONS = 4;
const MAX_INSERTED_BYTES = 12;

/** Damages what was recorded, a list of pieces, as a seed says: pieces lost, doubled, swapped or put in, and bytes of them changed. */
export class Mutator {
  readonly #random: (length: number) => Uint8Array;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** A number below `limit`, which is at most 2^24. */
  below(limit: number): number {
    const [a, b, c] = this.#random(3);
    return ((a! << 16) | (b! << 8) | c!) % limit;
  }

  bytes(length: number): Uint8Array {
    return this.#random(length);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  /** A number near an edge, or any small one. */
  number(): number {
    return this.below(2) === 0 ? this.pick(edges) : this.below(1 << this.below(20));
  }

  /**
   * The pieces, damaged in a few places; those that were given are left as they are.
   *
   * @param foreign makes a piece that was not among them
   */
  mutate(pieces: readonly Uint8Array[], foreign: () => Uint8Array = () => this.bytes(1 + this.below(MAX_INSERTED_BYTES))): Uint8Array[] {
    const mutated = pieces.slice();
    for (let count = 1 + this.below(MAX_MUTATIONS); count > 0; count--) {
      const at = this.below(mutated.length + 1);
      if (at === mutated.length) mutated.splice(this.below(at + 1), 0, foreign());
      else if (this.below(4) === 0) this.#mutateList(mutated, at);
      else mutated[at] = this.#mutateBytes(mutated[at]!);
    }
    return mutated;
  }

  #mutateList(pieces: Uint8Array[], at: number): void {
    const where = this.below(pieces.length);
    const what = this.below(3);
    if (what === 0) pieces.splice(at, 1);
    else if (what === 1) pieces.splice(where, 0, pieces[at]!);
    else pieces.splice(where, 0, ...pieces.splice(at, 1));
  }

  #mutateBytes(piece: Uint8Array): Uint8Array {
    const position = this.below(piece.length + 1);
    const [before, after] = [piece.subarray(0, position), piece.subarray(position)];
    switch (this.below(7)) {
      case 0:
        return before;
      case 1:
        return join(before, this.bytes(1 + this.below(MAX_INSERTED_BYTES)), after);
      case 2:
        return join(before, piece.subarray(position + this.below(8)));
      case 3:
        return join(before, Uint8Array.from(varint(this.number())), piece.subarray(position + 1));
      case 4:
        return replaced(piece, position, this.bytes(1)[0]!);
      case 5:
        return replaced(piece, position, (piece[position] ?? 0) ^ (1 << this.below(8)));
      default:
        // A header: what type it is, which flags it has, how long it says that it is.
        return replaced(piece, this.below(3), this.bytes(1)[0]!);
    }
  }
}

function replaced(piece: Uint8Array, at: number, byte: number): Uint8Array {
  const copy = piece.slice();
  if (at < copy.length) copy[at] = byte;
  return copy;
}
