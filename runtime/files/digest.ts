import { createHash, type Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";

/** Bytes of a SHA-256 digest. */
export const DIGEST_BYTES = 32;

/**
 * How much is read, and hashed, in one turn of the event loop. Hashing is synchronous in Node: 256 KiB take a third of a millisecond on a machine of 900 MiB/s,
 * and commands pass between two of them (not more than four come in one turn, for so many threads of Node's read files); 1 MiB would be a fifth faster and hold every command up for a millisecond. A worker thread would free the loop
 * wholly, at the price of a file of its own in every bundle.
 */
const SLICE_BYTES = 262_144;

export function sha256(): Hash {
  return createHash("sha256");
}

/** The bytes of a range, slice by slice, each in the same buffer: valid until the next is asked for. Ends early where the file does. */
export async function* slices(file: FileHandle, offset: number, length: number): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(SLICE_BYTES, length));
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, length - done), offset + done);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    done += bytesRead;
  }
}

/** SHA-256 of a range of a file; of as much of it as is there. Rejects with the signal's reason. */
export async function digestOf(file: FileHandle, offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
  const hash = sha256();
  for await (const slice of slices(file, offset, length)) {
    signal?.throwIfAborted();
    hash.update(slice);
  }
  return hash.digest();
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
