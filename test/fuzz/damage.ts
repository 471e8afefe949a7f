import type { ManualClock } from "../../runtime/time/manual-clock.ts";
import type { DirectTransport } from "../support/session/direct-transport.ts";
import { FrameType, frameHeader } from "../../runtime/session/frame.ts";
import { join, rawFrame } from "../support/session/frames.ts";
import type { Mutator } from "./mutator.ts";
import type { RecordedConnection } from "./recording.ts";
import { wireBytes } from "./wire-bytes.ts";

const NORMAL = 0;
const RECORD_KINDS = 16;
/** As many as a connection has records, where none of them is damaged. */
const SETTLED_PACKETS = 10;
const LARGEST_PIECE_BYTES = 200;
const types = Object.values(FrameType);

/** What one side is sent over one connection: its hello and its records, as packets; as it was recorded, or damaged. */
export function packetsOf({ hello, records, frames }: RecordedConnection, mutator: Mutator | undefined): Uint8Array[] {
  if (mutator === undefined) return [hello, ...records.map(packet)];
  const foreign = (): Uint8Array => anyFrame(mutator);
  switch (mutator.below(8)) {
    case 0:
      return mutator.mutate([hello, ...records.map(packet)]);
    case 1:
    case 2:
      return [hello, ...mutator.mutate(records, () => join(Uint8Array.of(mutator.below(RECORD_KINDS)), foreign())).map(packet)];
    case 3:
      return [hello, ...cutAnew(join(...mutator.mutate(frames, foreign)), mutator)];
    default:
      return [hello, ...mutator.mutate(frames, foreign).map((frame) => packet(join(Uint8Array.of(NORMAL), frame)))];
  }
}

/** Gives a transport its packets, a turn for each. Promises settle behind the first of them, and now and then. */
export async function deliverAll(transport: DirectTransport, packets: readonly Uint8Array[], clock: ManualClock): Promise<void> {
  for (const [at, packet] of packets.entries()) {
    transport.deliver(packet);
    if (at < SETTLED_PACKETS || at % 16 === 0) await clock.settle(0);
    else clock.flush();
  }
}

/** A frame of any type with a body that may mean something: so every type is reached, whatever was recorded. */
function anyFrame(mutator: Mutator): Uint8Array {
  const known = mutator.below(8) > 0;
  const header = known ? frameHeader(mutator.pick(types)) : mutator.below(256);
  return rawFrame(header, mutator.below(2) === 0 ? wireBytes(mutator) : mutator.bytes(mutator.below(30)));
}

/** Boundaries of records carry no meaning; a record may end anywhere in a frame. */
function cutAnew(stream: Uint8Array, mutator: Mutator): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < stream.length; ) {
    const next = at + 1 + mutator.below(LARGEST_PIECE_BYTES);
    pieces.push(packet(join(Uint8Array.of(NORMAL), stream.subarray(at, next))));
    at = next;
  }
  return pieces;
}

/** A record of an unsealed channel, with its length. */
function packet(record: Uint8Array): Uint8Array {
  return join(Uint8Array.of(record.length >> 8, record.length & 0xff), record);
}
