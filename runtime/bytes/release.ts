/** Less is left to the garbage collector: it costs less there than here. */
const LEAST_BYTES = 16_384;

/** Takes the memory away from an array; undefined until that was asked for. */
let takeAway: ((memory: ArrayBuffer) => void) | undefined;

/**
 * Gives memory that nobody looks at any more back at once: the arrays in it are empty from here on. The garbage collector would find it with the next 32 MB of such memory (V8), which by
 * then no cache holds. What does not lie alone in its memory stays as it is.
 */
export function release(bytes: Uint8Array): void {
  const { buffer, length } = bytes;
  if (length < LEAST_BYTES || length !== buffer.byteLength || !(buffer instanceof ArrayBuffer)) return;
  takeAway ??= taker();
  takeAway(buffer);
}

function taker(): (memory: ArrayBuffer) => void {
  const { transfer } = ArrayBuffer.prototype as { readonly transfer?: (bytes: number) => ArrayBuffer };
  if (transfer !== undefined) return (memory) => void transfer.call(memory, 0);
  // Node 20: what is sent to a port that is closed is nowhere (HTML, message port post message steps).
  const { port1 } = new MessageChannel();
  port1.close();
  return (memory) => port1.postMessage(undefined, [memory]);
}
