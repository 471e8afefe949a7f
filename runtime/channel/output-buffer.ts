import { SpareMemory } from "../bytes/spare-memory.ts";

/** Outputs above this get memory of their own. */
const SMALL_BYTES = 512;

/** Small: an output that a slow transport still holds keeps its whole slab. */
const SLAB_BYTES = 4096;

/** Outputs above this are in memory that is used again. */
const LARGE_BYTES = 16_384;

/** For nothing but outputs: a transport may show somebody all of the memory that an output is in. */
const large = new SpareMemory();

let slab = new Uint8Array(0);
let used = 0;

/**
 * Memory for one output, which nobody else has or gets, until {@link returnOutput}. Small ones are cut from a slab that all channels share, as allocating an ArrayBuffer costs
 * as much as sealing a small record.
 */
export function outputBuffer(length: number): Uint8Array {
  if (length > LARGE_BYTES) return large.take(length).subarray(0, length);
  if (length > SMALL_BYTES) return new Uint8Array(length);
  if (slab.length - used < length) {
    slab = new Uint8Array(SLAB_BYTES);
    used = 0;
  }
  const buffer = slab.subarray(used, used + length);
  used += length;
  return buffer;
}

/** What to do when an output has left; undefined where its memory is not used again. */
export function returnOutput(output: Uint8Array): (() => void) | undefined {
  return output.length > LARGE_BYTES ? () => large.give(output) : undefined;
}
