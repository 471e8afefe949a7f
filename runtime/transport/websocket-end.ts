import { systemRandom } from "../crypto/random.ts";
import type { Mask } from "./websocket-mask.ts";

/** What one end of a WebSocket does otherwise than the other end: clients mask their frames, servers do not (RFC 6455, section 5.1). */
export interface WebSocketEnd {
  readonly peerMasks: boolean;
  /** For the next frame that this end writes. */
  mask(): Mask;
  /** What it becomes where all that is written is ciphertext. Absent: stays as it is. */
  readonly sealed?: WebSocketEnd;
}

export const serverEnd: WebSocketEnd = { peerMasks: true, mask: () => undefined };

/** A client that masks whatever it writes at random. */
export const maskingClientEnd: WebSocketEnd = { peerMasks: false, mask: randomMask };

/** A client that masks at random until its bytes are ciphertext, then with zeros. */
export const clientEnd: WebSocketEnd = { ...maskingClientEnd, sealed: { peerMasks: false, mask: () => 0 } };

function randomMask(): number {
  const [a, b, c, d] = systemRandom(4) as unknown as [number, number, number, number];
  return (a << 24) | (b << 16) | (c << 8) | d;
}
