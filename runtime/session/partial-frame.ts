import { SpareMemory } from "../bytes/spare-memory.ts";

/** The most bytes of a frame before its body: the header byte and a length of at most 32 bits. */
export const PREFIX_BYTES = 6;
/** The first memory for a frame whose length has not arrived. */
const MIN_BYTES = 64;
/** A frame of which so much has come, and not yet half of it, lies in memory that is used again: in new memory it would leave a quarter again as much behind as it is large. */
const LENT_BYTES = 16_896;
/** What waits to be lent: all that one stream of items of four megabytes needs, from 16.5 KiB to 64 times as much. */
const SPARE_BYTES = 2_162_688;
const nothing = new Uint8Array();
const large = new SpareMemory(SPARE_BYTES);

/** A frame whose end has not come. Its memory grows as its bytes arrive, and is never ahead of them by more than their number. */
export class PartialFrame {
  /** It stands still when fewer than `least` bytes came since this was called last. Whether its connection ends then, as without this; otherwise it is let go. */
  declare look?: (least: number) => boolean;
  /** Nothing will be added. */
  declare free?: () => void;
  /** Begins with the frame; {@link kept} of its bytes are the frame's. */
  bytes: Uint8Array = nothing;
  kept = 0;
  /** Bytes that came. */
  came = 0;
  /** Why it is not kept any more: its memory is needed elsewhere, or nobody wants it. */
  missing: Error | undefined;

  /** @param size the frame's whole size; 0 while it is not known */
  add(bytes: Uint8Array, start: number, end: number, size: number): void {
    const needed = this.kept + end - start;
    if (this.bytes.length < needed) this.grow(Math.max(needed, Math.min(2 * needed, size || MIN_BYTES)), size);
    const stop = Math.min(end, start + this.bytes.length - this.kept);
    this.bytes.set(bytes.subarray(start, stop), this.kept);
    this.kept += stop - start;
    this.came += end - start;
  }

  /** @param length the most bytes to have from here on. A frame that is whole lies in memory of its own, of just its size. */
  protected grow(length: number, size: number): void {
    const lent = length < size && length >= 2 * LENT_BYTES;
    const grown = lent ? large.take(length / 2) : new Uint8Array(length);
    grown.set(this.bytes.subarray(0, this.kept));
    large.give(this.bytes);
    this.bytes = grown;
  }
}

/** Where the body of the frame at `position` begins, whose length is there. */
export function bodyStart(bytes: Uint8Array, position: number): number {
  let at = position + 1;
  while (bytes[at]! >= 0x80) at++;
  return at + 1;
}
