import type { Clock } from "../../../runtime/time/clock.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";

export interface Path {
  /** 125 is 1 Mbit/s. */
  readonly bytesPerMs: number;
  /** One way. */
  readonly delayMs: number;
}

/** What a packet of the network holds. */
const PIECE_BYTES = 1_500;

/** Delivers what comes as a path does: each millisecond its bytes, all of it late, behind a buffer without a bound. */
export function slow(transport: Transport, clock: Clock, { bytesPerMs, delayMs }: Path): Transport {
  const { start } = transport;
  transport.start = (events) => {
    let freeAt = 0;
    start.call(transport, {
      onDrain: () => events.onDrain(),
      onClose: (close) => events.onClose(close),
      onBytes: (bytes) => {
        for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
          const piece = bytes.slice(at, at + PIECE_BYTES);
          freeAt = Math.max(freeAt, clock.now()) + piece.length / bytesPerMs;
          clock.setTimer(freeAt + delayMs - clock.now(), () => events.onBytes(piece));
        }
      },
    });
  };
  return transport;
}
