import { FIN, LENGTH_16, LENGTH_64, MASK_BYTES, MASKED, opcodes } from "./websocket-header.ts";
import { NO_CODE } from "./websocket-limits.ts";
import { applyMask, type Mask } from "./websocket-mask.ts";

/** The longest payload that is worth copying behind its header, in bytes. */
export const COPIED_FRAME_BYTES = 2_048;

/** Each a whole message, or a whole frame that controls the connection. */
const BINARY = FIN | opcodes.binary;
const CLOSE = FIN | opcodes.close;
const PONG = FIN | opcodes.pong;

const nothing = new Uint8Array(0);

/** A binary message as one whole frame, a copy. */
export function binaryFrame(payload: Uint8Array, mask: Mask): Buffer {
  return wholeFrame(BINARY, payload, mask);
}

/** What stands before the payload of a binary message that is written by itself, masked already. */
export function frameHeader(length: number, mask: Mask): Buffer {
  return header(BINARY, length, mask, 0);
}

/** An answer to a ping. */
export function pongFrame(payload: Uint8Array, mask: Mask): Buffer {
  return wholeFrame(PONG, payload, mask);
}

/** A closing frame; with {@link NO_CODE} one without a code. */
export function closeFrame(code: number, mask: Mask): Buffer {
  return wholeFrame(CLOSE, code === NO_CODE ? nothing : Uint8Array.of(code >>> 8, code & 0xff), mask);
}

function wholeFrame(first: number, payload: Uint8Array, mask: Mask): Buffer {
  const { length } = payload;
  const frame = header(first, length, mask, length);
  const start = frame.length - length;
  frame.set(payload, start);
  if (mask) applyMask(frame.subarray(start), mask);
  return frame;
}

/** @param room for so many bytes of payload behind the header */
function header(first: number, length: number, mask: Mask, room: number): Buffer {
  const lengthBytes = length < LENGTH_16 ? 0 : length <= 0xffff ? 2 : 8;
  const maskAt = 2 + lengthBytes;
  const bytes = Buffer.allocUnsafe(maskAt + (mask === undefined ? 0 : MASK_BYTES) + room);
  bytes[0] = first;
  bytes[1] = (lengthBytes === 0 ? length : lengthBytes === 2 ? LENGTH_16 : LENGTH_64) | (mask === undefined ? 0 : MASKED);
  if (lengthBytes === 2) bytes.writeUInt16BE(length, 2);
  if (lengthBytes === 8) bytes.fill(0, 2, 4).writeUIntBE(length, 4, 6);
  if (mask !== undefined) bytes.writeInt32BE(mask, maskAt);
  return bytes;
}
