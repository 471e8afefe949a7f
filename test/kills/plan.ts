import type { SimRandom } from "../sim/random.ts";

/** Small, so that a kill lands in the middle of ranges, of journals' lines and between them. */
export const RANGE_BYTES = 65_536;
export const FILE_BYTES: number = 64 * RANGE_BYTES + 4_321;

export type Direction = "up" | "down";

/** What a child is told. */
export type Child =
  | { readonly role: "server"; readonly directory: string; readonly port: number }
  | {
      readonly role: "client";
      readonly direction: Direction;
      readonly file: string;
      /** How many bytes of the file are at the target when the process kills itself. */
      readonly killAt: number;
      readonly endpoint: string;
      readonly serverKey: string;
    };

/** The most kills that one transfer suffers before it is left to end. */
const KILLS_PER_TRANSFER = 4;

/** Where the kills of each transfer are: so many in all, at random offsets of the file, each transfer's in order. */
export function offsets(kills: number, random: SimRandom): readonly (readonly number[])[] {
  const transfers: number[][] = [];
  for (let left = kills; left > 0; ) {
    const count = Math.min(left, random.between(1, KILLS_PER_TRANSFER));
    const inOne = Array.from({ length: count }, () => random.between(1, FILE_BYTES - 1));
    transfers.push(inOne.sort((a, b) => a - b));
    left -= count;
  }
  return transfers;
}
