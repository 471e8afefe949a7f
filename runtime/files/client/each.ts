/** Runs `work` for each item, so many at once. Rejects with the first failure, when nothing is under way any more; nothing begins after it. */
export async function each<T>(items: Iterable<T>, atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.iterator]();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (let step = iterator.next(); !failed && !step.done; step = iterator.next()) {
      try {
        await work(step.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const settled = await Promise.allSettled(Array.from({ length: atOnce }, lane));
  for (const one of settled) if (one.status === "rejected") throw one.reason;
}
