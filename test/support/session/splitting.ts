import type { Clock } from "../../../runtime/time/clock.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";

/** How the bytes of one direction arrive. Gets what is there and not yet delivered; returns pieces of it in order, and keeps the rest for later. */
export type Slicer = (bytes: Uint8Array) => readonly Uint8Array[];

/** Delivers what comes through a transport in the pieces that a slicer makes, each piece in a turn of its own. */
export function sliced(transport: Transport, clock: Clock, slicer: Slicer): Transport {
  const { start } = transport;
  transport.start = (events) => {
    const pieces: (Uint8Array | undefined)[] = [];
    let close: Parameters<typeof events.onClose>[0] | undefined;
    let waiting = new Uint8Array();
    let scheduled = false;
    let ended = false;
    const next = (): void => {
      scheduled = false;
      const piece = pieces.shift();
      if (piece !== undefined) {
        events.onBytes(piece);
        // What a receiver keeps of memory that is not its own is found out.
        piece.fill(0xdb);
      } else if (close !== undefined && !ended) {
        ended = true;
        events.onClose(close);
        return;
      }
      schedule();
    };
    const schedule = (): void => {
      if (scheduled || ended || (pieces.length === 0 && close === undefined)) return;
      scheduled = true;
      clock.endOfTurn(next);
    };
    start.call(transport, {
      onBytes: (bytes) => {
        const all = new Uint8Array(waiting.length + bytes.length);
        all.set(waiting);
        all.set(bytes, waiting.length);
        const cut = slicer(all).map((piece) => piece.slice());
        pieces.push(...cut);
        waiting = all.slice(cut.reduce((sum, piece) => sum + piece.length, 0));
        schedule();
      },
      onDrain: () => events.onDrain(),
      onClose: (reason) => {
        if (waiting.length > 0) pieces.push(waiting);
        close = reason;
        schedule();
      },
    });
  };
  return transport;
}

/** What the slicers of one run saw. */
export interface SplitCounts {
  records: number;
  longest: number;
}

/** Splits each record (its length included) before its byte `at`; a record with fewer bytes comes whole. */
export function splitEachRecord(at: number, counts: SplitCounts): Slicer {
  return (bytes) => {
    const pieces: Uint8Array[] = [];
    for (let start = 0; ; ) {
      const length = start + 2 <= bytes.length ? 2 + ((bytes[start]! << 8) | bytes[start + 1]!) : Number.POSITIVE_INFINITY;
      if (start + length > bytes.length) return pieces;
      counts.records++;
      counts.longest = Math.max(counts.longest, length);
      const record = bytes.subarray(start, start + length);
      pieces.push(...(at < length ? [record.subarray(0, at), record.subarray(at)] : [record]));
      start += length;
    }
  };
}

/** Splits and merges as a seed says, without regard to records. Nothing is kept for ever: an empty draw delivers all. */
export function splitAtRandom(random: (length: number) => Uint8Array, largest: number): Slicer {
  return (bytes) => {
    const pieces: Uint8Array[] = [];
    for (let start = 0; start < bytes.length; ) {
      const [high, low] = random(2);
      const length = 1 + (((high! << 8) | low!) % largest);
      pieces.push(bytes.subarray(start, start + length));
      start += length;
    }
    return pieces;
  };
}
