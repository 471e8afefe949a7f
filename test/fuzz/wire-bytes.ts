import { join, varint } from "../support/session/frames.ts";
import type { Mutator } from "./mutator.ts";

const MAX_FIELDS = 6;
const MAX_FIELD_NUMBER = 20;
const MAX_DEPTH = 3;

/** Bytes as protobuf messages have them: fields of any number and wire type, submessages within. Most decoders find much of it legal. */
export function wireBytes(mutator: Mutator, depth = 0): Uint8Array {
  return join(...Array.from({ length: mutator.below(MAX_FIELDS) }, () => wireField(mutator, depth)));
}

function wireField(mutator: Mutator, depth: number): Uint8Array {
  const number = 1 + mutator.below(MAX_FIELD_NUMBER);
  const wireType = mutator.below(20) === 0 ? mutator.below(8) : mutator.pick([0, 1, 2, 2, 2, 5]);
  const tag = varint(number * 8 + wireType);
  return join(Uint8Array.from(tag), fieldValue(mutator, wireType, depth));
}

function fieldValue(mutator: Mutator, wireType: number, depth: number): Uint8Array {
  if (wireType === 0) return Uint8Array.from(varint(mutator.number()));
  if (wireType === 1) return mutator.bytes(8);
  if (wireType === 5) return mutator.bytes(4);
  if (wireType !== 2) return mutator.bytes(mutator.below(4));
  const body =
    depth < MAX_DEPTH && mutator.below(2) === 0 ? wireBytes(mutator, depth + 1) : mutator.bytes(mutator.pick([0, 8, 16, 32, 64, 200]));
  return join(Uint8Array.from(varint(body.length)), body);
}
