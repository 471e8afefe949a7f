/** A frame as a client might write it, right or wrong. */
export interface ClientFrame {
  readonly opcode: number;
  readonly payload?: Uint8Array;
  /** Default true. */
  readonly fin?: boolean;
  /** The three reserved bits. Default 0. */
  readonly reserved?: number;
  /** Undefined where the frame is not to be masked. Default zeros. */
  readonly mask?: readonly number[] | undefined;
  /** How many bytes say the length; default what it needs. */
  readonly lengthBytes?: 0 | 2 | 8;
  /** The length that the header tells; default that of the payload. */
  readonly length?: number;
}

/** Writes a frame byte by byte, as RFC 6455, section 5.2, draws it. */
export function clientFrame(frame: ClientFrame): Uint8Array {
  const { opcode, payload = new Uint8Array(0), fin = true, reserved = 0 } = frame;
  const mask = "mask" in frame ? frame.mask : [0, 0, 0, 0];
  const length = frame.length ?? payload.length;
  const lengthBytes = frame.lengthBytes ?? (length < 126 ? 0 : length < 65_536 ? 2 : 8);
  const short = lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127;
  const long = Array.from({ length: lengthBytes }, (_, i) => Math.floor(length / 256 ** (lengthBytes - 1 - i)) % 256);
  const head = [(fin ? 0x80 : 0) | (reserved << 4) | opcode, (mask ? 0x80 : 0) | short, ...long, ...(mask ?? [])];
  const bytes = new Uint8Array(head.length + payload.length);
  bytes.set(head);
  bytes.set(mask ? payload.map((byte, i) => byte ^ mask[i & 3]!) : payload, head.length);
  return bytes;
}

/** The payload of a closing frame. */
export function closing(code: number, reason: Uint8Array = new Uint8Array(0)): Uint8Array {
  return Uint8Array.of(code >> 8, code & 0xff, ...reason);
}
