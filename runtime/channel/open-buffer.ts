import { RECORD_BYTES } from "./limits.ts";

/** Opening a record needs memory only until its handlers have returned, so one buffer serves all channels, however many are idle. */
let spare: Uint8Array | undefined;

/** A buffer for one opened record. Give it back with {@link returnBuffer}. A call within another's use gets memory of its own. */
export function borrowBuffer(): Uint8Array {
  const buffer = spare ?? new Uint8Array(RECORD_BYTES);
  spare = undefined;
  return buffer;
}

export function returnBuffer(buffer: Uint8Array): void {
  spare = buffer;
}
