/** The longest payload that is worth copying behind its header, in bytes. */
export const COPIED_FRAME_BYTES = 2_048;

/** FIN, and the opcode of a binary message (RFC 6455, section 5.2). */
const BINARY = 0x82;
const MASKED = 0x80;
/** In place of a length: it follows in 16 bits. */
const LENGTH_16 = 126;
const MASK_BYTES = 4;

/**
 * A binary message of at most {@link COPIED_FRAME_BYTES} as one whole frame, a copy.
 *
 * @param masked with zeros, so that the payload stays as it is
 */
export function binaryFrame(payload: Uint8Array, masked: boolean): Buffer {
  const { length } = payload;
  const short = length < LENGTH_16;
  const start = (short ? 2 : 4) + (masked ? MASK_BYTES : 0);
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = BINARY;
  frame[1] = (short ? length : LENGTH_16) | (masked ? MASKED : 0);
  if (!short) {
    frame[2] = length >>> 8;
    frame[3] = length & 0xff;
  }
  if (masked) frame.fill(0, start - MASK_BYTES, start);
  frame.set(payload, start);
  return frame;
}
