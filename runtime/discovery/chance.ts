import type { RandomSource } from "../crypto/random.ts";

/** A number from 0 up to, not including, 1. */
export type Chance = () => number;

/** Draws fractions from a source of random bytes. */
export function chanceOf(random: RandomSource): Chance {
  return () => {
    const [a = 0, b = 0, c = 0, d = 0] = random(4);
    return (a + b * 2 ** 8 + c * 2 ** 16 + d * 2 ** 24) / 2 ** 32;
  };
}

/** One of the items, each as likely as the others; undefined of none. */
export function chooseOne<T>(chance: Chance, items: readonly T[]): T | undefined {
  return items.length < 2 ? items[0] : items[Math.floor(chance() * items.length)];
}
