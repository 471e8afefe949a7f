import { malformed } from "../../bytes/fault.ts";

/** A place in a list of `count`. Throws CommandError INVALID_ARGUMENT. */
export function place(index: number | undefined, count: number): number {
  if (index === undefined || index >= count) malformed(`place ${index} of ${count}`);
  return index;
}

/** A list in which each entry is above the one before it. Throws CommandError INVALID_ARGUMENT. */
export function ascending<T extends string | number>(list: readonly T[], what: string): readonly T[] {
  for (let i = 1; i < list.length; i++) if (list[i - 1]! >= list[i]!) malformed(`${what} do not ascend`);
  return list;
}
