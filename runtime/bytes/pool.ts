import { Reader } from "./reader.ts";
import { Writer } from "./writer.ts";

/** Bytes of a slab: a kept message keeps no more than this alive. Half of it would cost a tenth more for each small message. */
const slabBytes = 32_768;
/** A slab with less room than this is left to the messages in it. */
const reserveBytes = 1024;

/** Messages of more bytes than this are copied out of the slab. */
const copyBytes = 4096;

/** The writer that waits, in its slab. Encoding is synchronous; what nests within it (a getter that encodes) begins a slab of its own. */
let spare: Writer | undefined;

/** The slab that was written to last, and its memory: to ask an array for that is a native call. */
let lastSlab: Uint8Array | undefined;
let lastMemory: ArrayBufferLike;

/** A writer to append to, the caller's until {@link takeWritten} or {@link discardWritten}. */
export function takeWriter(): Writer {
  const writer = spare ?? new Writer(slabBytes);
  spare = undefined;
  return writer;
}

/**
 * Gives the writer back and returns what was written from `start` on. Small messages are views into the slab, whose bytes are never written
 * twice: an array of its own costs more than the encoding of a small message. What outgrew the slab is copied.
 */
export function takeWritten(writer: Writer, start: number): Uint8Array {
  const { buffer, position } = writer;
  const length = position - start;
  if (length > copyBytes || buffer.length !== slabBytes) {
    const bytes = buffer.slice(start, position);
    discardWritten(writer, start);
    return bytes;
  }
  if (slabBytes - position >= reserveBytes) spare = writer;
  if (buffer !== lastSlab) {
    lastSlab = buffer;
    lastMemory = buffer.buffer;
  }
  return new Uint8Array(lastMemory, start, length);
}

/** Gives the writer back after a failure. What was written from `start` on is written over. */
export function discardWritten(writer: Writer, start: number): void {
  writer.position = start;
  if (writer.buffer.length === slabBytes) spare = writer;
}

const noBytes = new Uint8Array(0);
/** The reader that waits. */
let spareReader: Reader | undefined;

/** A reader of all of `bytes`, the caller's until {@link giveReader}. */
export function takeReader(bytes: Uint8Array): Reader {
  const reader = spareReader;
  if (reader === undefined) return new Reader(bytes);
  spareReader = undefined;
  reader.reset(bytes, 0, bytes.length, 0);
  return reader;
}

/** Gives the reader back, which forgets what it read: nothing of a message is kept alive here. */
export function giveReader(reader: Reader): void {
  reader.reset(noBytes, 0, 0, 0);
  spareReader = reader;
}
