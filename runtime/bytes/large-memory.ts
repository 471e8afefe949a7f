/** The least; the others are twice, four times and so on as large. */
const LEAST_BYTES = 65_536;
/** Beyond that: what is around an item or in a record of such a size. */
const AROUND_BYTES = 1_024;
/** What waits for its next use, in all: twice what one session holds for its peer. The rest is left to the garbage collector. */
const KEPT_BYTES = 8_388_608;

/** By its size. */
const spare = new Map<number, Uint8Array[]>();
let keptBytes = 0;

/**
 * Memory of at least so many bytes for what is large and soon over, with whatever it held before. New memory would cost more than what is done in it: the system
 * clears it page by page, and the garbage collector runs once for some thirty megabytes of it.
 */
export function takeLarge(bytes: number): Uint8Array {
  let size = LEAST_BYTES;
  while (size + AROUND_BYTES < bytes) size *= 2;
  size += AROUND_BYTES;
  const memory = spare.get(size)?.pop();
  if (memory !== undefined) keptBytes -= size;
  else if (!spare.has(size)) spare.set(size, []);
  return memory ?? new Uint8Array(size);
}

/** Gives memory back, all that `bytes` is a part of. Nobody may look at it any more. Memory of other sizes is left to the garbage collector. */
export function giveLarge({ buffer }: Uint8Array): void {
  const memory = spare.get(buffer.byteLength);
  if (memory === undefined || keptBytes + buffer.byteLength > KEPT_BYTES) return;
  memory.push(new Uint8Array(buffer));
  keptBytes += buffer.byteLength;
}
