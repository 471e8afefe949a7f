import { byUrgency, type Priority } from "./priority.ts";
import { ProtocolError } from "./protocol-error.ts";

/** One number of frames for each class, at the place of its {@link Priority}; what is missing is 0. */
export type Counts = readonly number[];

/** The number of a class. */
export const countOf = (counts: Counts, priority: Priority): number => counts[priority] ?? 0;

/** What `count` says of each class. Classes without a frame are left out at the end, so that a session without priorities has one number. */
export function countEach(count: (priority: Priority) => number): Counts {
  const counts = byUrgency.map(() => 0);
  for (const priority of byUrgency) counts[priority] = count(priority);
  while (counts.length > 1 && counts.at(-1) === 0) counts.pop();
  return counts;
}

/** The larger number of each class. */
export function most(one: Counts, other: Counts): Counts {
  return countEach((priority) => Math.max(countOf(one, priority), countOf(other, priority)));
}

/** Counts as a message of the peer has them. Throws ProtocolError for more classes than there are. */
export function readCounts(counts: readonly bigint[]): Counts {
  if (counts.length > byUrgency.length)
    throw new ProtocolError(`numbers of ${counts.length} priority classes; there are ${byUrgency.length}`);
  return counts.length === 0 ? [0] : counts.map(Number);
}
