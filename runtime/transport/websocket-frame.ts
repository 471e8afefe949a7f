import { FIN, LENGTH_16, LENGTH_64, MASK_BYTES, MASKED, opcodes } from "./websocket-header.ts";
import { NO_CODE } from "./websocket-limits.ts";

/** The longest payload that is worth copying behind its header, in bytes. */
export const COPIED_FRAME_BYTES = 2_048;

/** Each a whole message, or a whole frame that controls the connection. */
const BINARY = FIN | opcodes.binary;
const CLOSE = FIN | opcodes.close;
const PONG = FIN | opcodes.pong;

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

/** What stands before the payload of an unmasked binary message that is written by itself. */
export function frameHeader(length: number): Buffer {
  if (length < LENGTH_16) return Buffer.of(BINARY, length);
  if (length <= 0xffff) return Buffer.of(BINARY, LENGTH_16, length >>> 8, length & 0xff);
  const header = Buffer.alloc(10);
  header[0] = BINARY;
  header[1] = LENGTH_64;
  header.writeUIntBE(length, 4, 6);
  return header;
}

/** An unmasked answer to a ping. */
export function pongFrame(payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(PONG, payload.length), payload]);
}

/** An unmasked closing frame; with {@link NO_CODE} one without a code. */
export function closeFrame(code: number): Buffer {
  return code === NO_CODE ? Buffer.of(CLOSE, 0) : Buffer.of(CLOSE, 2, code >>> 8, code & 0xff);
}
