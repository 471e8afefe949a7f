/** How something is done at a fixed rate. */
export interface Pace {
  /** How often a second it is due. */
  readonly rate: number;
  /** How much of it may be under way at the same time. */
  readonly open: number;
  /** Whether there is more to do after so much was begun. */
  readonly more: (begun: number) => boolean;
  /** Settles when it is time to look at the clock again. */
  readonly pause: () => Promise<unknown>;
}

/**
 * Does something at a fixed rate, whatever became of what was done before. What had to wait because others took long was due all the same: `begin` is told when,
 * in ms as `performance.now()` has them. Resolves when all is done; rejects with what `begin` does.
 */
export async function paced({ rate, open, more, pause }: Pace, begin: (dueAt: number) => Promise<void>): Promise<void> {
  const start = performance.now();
  let [begun, done] = [0, 0];
  let failure: { readonly error: unknown } | undefined;
  while (failure === undefined && (done < begun || more(begun))) {
    const due = ((performance.now() - start) * rate) / 1000;
    for (; begun < due && begun - done < open && more(begun); begun++)
      begin(start + (begun * 1000) / rate).then(
        () => {
          done++;
        },
        (error: unknown) => {
          failure ??= { error };
        },
      );
    await pause();
  }
  if (failure !== undefined) throw failure.error;
}
