import type { Transport } from "../../../runtime/transport/transport.ts";

/** Lets so many of the bytes through that come in one direction, then breaks the connection. */
export function cutAfter(transport: Transport, bytes: number, passed: (bytes: number) => void = () => {}): Transport {
  const { start } = transport;
  let left = bytes;
  transport.start = (events) =>
    start.call(transport, {
      ...events,
      onDrain: () => events.onDrain(),
      onClose: (close) => events.onClose(close),
      onBytes: (chunk) => {
        const part = chunk.subarray(0, Math.min(left, chunk.length));
        left -= part.length;
        if (part.length > 0) {
          passed(part.length);
          events.onBytes(part);
        }
        if (left === 0) transport.destroy();
      },
    });
  return transport;
}
