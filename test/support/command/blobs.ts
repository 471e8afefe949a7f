import { createHash } from "node:crypto";
import { Blobs, type BlobsHandlers } from "../../../generated/example/probe/v1/blobs.ts";
import { BlobFailure, BlobFailure_Reason } from "../../../generated/zserver/blob.ts";
import { type Implementation, implement } from "../../../runtime/command/handlers.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";

/** Bytes that repeat nowhere. */
export function someBytes(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Handlers that do the least; a test replaces those that it is about. */
const plain: BlobsHandlers = {
  put: async (blob) => ({ text: sha256(await blob.bytes()), number: blob.size ?? 0 }),
  putInLane: async (blob) => ({ text: sha256(await blob.bytes()), number: blob.size ?? 0 }),
  putBriskly: async (blob) => ({ text: sha256(await blob.bytes()) }),
  get: ({ number }) => someBytes(number),
  swap: (blob) => blob,
  swapSmall: (blob) => blob,
  async *cut(blob) {
    for await (const chunk of blob) yield { number: chunk.length };
  },
  async *join(texts) {
    for await (const { text } of texts) yield new TextEncoder().encode(text);
  },
  collect: ({ blobs }) => ({ number: blobs.length }),
  mark: ({ text, number }) => ({ text, number }),
  markNormal: ({ text, number }) => ({ text, number }),
};

export function blobs(handlers: Partial<BlobsHandlers> = {}): Implementation {
  return implement(Blobs, { ...plain, ...handlers });
}

/** The name of the reason that an error carries. */
export function reasonOf(error: unknown): string | undefined {
  const failure = CommandError.is(error) ? error.detail(BlobFailure) : undefined;
  return Object.entries(BlobFailure_Reason).find(([, reason]) => reason === failure?.reason)?.[0];
}
