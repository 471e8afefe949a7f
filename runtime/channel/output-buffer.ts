/** Outputs above this get memory of their own. */
const SMALL_BYTES = 512;

/** Small: an output that a slow transport still holds keeps its whole slab. */
const SLAB_BYTES = 4096;

let slab = new Uint8Array(0);
let used = 0;

/**
 * Memory for one output, which nobody else has or gets. Small ones are cut from a slab that all channels share, as allocating an ArrayBuffer costs
 * as much as sealing a small record.
 */
export function outputBuffer(length: number): Uint8Array {
  if (length > SMALL_BYTES) return new Uint8Array(length);
  if (slab.length - used < length) {
    slab = new Uint8Array(SLAB_BYTES);
    used = 0;
  }
  const buffer = slab.subarray(used, used + length);
  used += length;
  return buffer;
}
