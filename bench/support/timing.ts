/** Microseconds a call over `milliseconds` or longer. `run` says how much of its time counts, and for how many calls. */
export function microseconds(milliseconds: number, run: () => Timed): number {
  let [ms, count] = [0, 0];
  while (ms < milliseconds) {
    const done = run();
    ms += done.ms;
    count += done.count;
  }
  return (ms * 1000) / count;
}

export interface Timed {
  readonly ms: number;
  readonly count: number;
}

export function timed(count: number, run: () => void): Timed {
  const start = performance.now();
  for (let index = 0; index < count; index++) run();
  return { ms: performance.now() - start, count };
}
