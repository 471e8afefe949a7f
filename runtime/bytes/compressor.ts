/** Makes bytes smaller, each time with nothing in mind of what it was given before. */
export interface Compressor {
  /** The caller owns the result. */
  compress(bytes: Uint8Array): Uint8Array;
  /**
   * What was compressed. Takes memory for `size` bytes, and stops at them. Throws CommandError: RESOURCE_EXHAUSTED for what comes to more, INVALID_ARGUMENT for what
   * comes to less, is damaged, or goes on behind its end.
   */
  decompress(bytes: Uint8Array, size: number): Uint8Array;
}
