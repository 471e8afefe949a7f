import { seededRandom } from "./channel/ends.ts";

/** Chooses, from one seed. */
export interface Choice {
  below(bound: number): number;
  /** True once in `times`. */
  once(times: number): boolean;
  of<T>(list: readonly T[]): T;
}

export function choiceOf(seed: number): Choice {
  const random = seededRandom(seed);
  const below = (bound: number): number => {
    const [a = 0, b = 0, c = 0] = random(3);
    return ((a << 16) | (b << 8) | c) % bound;
  };
  return { below, once: (times) => below(times) === 0, of: (list) => list[below(list.length)]! };
}
