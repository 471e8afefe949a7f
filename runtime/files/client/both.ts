/**
 * What two works come to that are worth nothing without each other, such as the digests of two files: when one fails, the other is stopped. Rejects with the first
 * failure, when neither is under way any more.
 */
export async function both<A, B>(
  first: (signal: AbortSignal) => Promise<A>,
  second: (signal: AbortSignal) => Promise<B>,
  signal?: AbortSignal,
): Promise<readonly [A, B]> {
  const failed = new AbortController();
  const stop = signal === undefined ? failed.signal : AbortSignal.any([failed.signal, signal]);
  const guarded = async <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    try {
      return await work(stop);
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  };
  const works = [guarded(first), guarded(second)] as const;
  await Promise.allSettled(works);
  failed.signal.throwIfAborted();
  return Promise.all(works);
}
