/** The most bytes of a frame before its body: the header byte and a length of at most 32 bits. */
export const PREFIX_BYTES = 6;
/** The first memory for a frame whose length has not arrived. */
const MIN_BYTES = 64;
const nothing = new Uint8Array();

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
    if (this.bytes.length < needed) this.grow(Math.max(needed, Math.min(2 * needed, size || MIN_BYTES)));
    const stop = Math.min(end, start + this.bytes.length - this.kept);
    this.bytes.set(bytes.subarray(start, stop), this.kept);
    this.kept += stop - start;
    this.came += end - start;
  }

  protected grow(length: number): void {
    const grown = new Uint8Array(length);
    grown.set(this.bytes.subarray(0, this.kept));
    this.bytes = grown;
  }
}

/** Where the body of the frame at `position` begins, whose length is there. */
export function bodyStart(bytes: Uint8Array, position: number): number {
  let at = position + 1;
  while (bytes[at]! >= 0x80) at++;
  return at + 1;
}
