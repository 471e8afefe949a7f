import { Reader } from "./reader.ts";
import { Writer } from "./writer.ts";

/** Bytes of a slab: a kept message keeps no more than this alive. Half of it would cost a tenth more for each small message. */
const slabBytes = 32_768;
/** A slab with less room than this is left to the messages in it. */
const reserveBytes = 1024;

/** Messages of more bytes than this are copied out of the slab. */
const copyBytes = 4096;

/** The slab that messages are appended to, and its memory: to ask an array for that is a native call. */
let slab: Uint8Array = new Uint8Array(0);
let memory: ArrayBufferLike = slab.buffer;

/** Writes to the slab. Encoding is synchronous; what nests within it (a getter that encodes) has a writer of its own. */
const shared: Writer = /* @__PURE__ */ new Writer(0);
let busy = false;

/** A writer to append to, the caller's until {@link takeWritten} or {@link discardWritten}. */
export function takeWriter(): Writer {
  if (busy) return new Writer();
  busy = true;
  if (slab.length - shared.position < reserveBytes) beginSlab();
  return shared;
}

function beginSlab(): void {
  slab = new Uint8Array(slabBytes);
  memory = slab.buffer;
  shared.buffer = slab;
  shared.position = 0;
}

/**
 * Gives the writer back and returns what was written from `start` on. Small messages are views into the slab, whose bytes are never written
 * twice: an array of its own costs more than the encoding of a small message. What outgrew the slab is copied.
 */
export function takeWritten(writer: Writer, start: number): Uint8Array {
  const { buffer, position } = writer;
  const length = position - start;
  if (buffer !== slab || length > copyBytes) {
    const bytes = buffer.slice(start, position);
    discardWritten(writer, start);
    return bytes;
  }
  busy = false;
  return new Uint8Array(memory, start, length);
}

/** Gives the writer back after a failure. What was written from `start` on is written over. What outgrew the slab leaves it to the messages in it. */
export function discardWritten(writer: Writer, start: number): void {
  if (writer !== shared) return;
  writer.position = writer.buffer === slab ? start : slabBytes;
  writer.buffer = slab;
  busy = false;
}

/** The reader that waits. */
let spareReader: Reader | undefined;

/** A reader of all of `bytes`, the caller's until {@link giveReader}: to make one costs a tenth of what it takes to decode a small message. */
export function takeReader(bytes: Uint8Array): Reader {
  const reader = spareReader;
  if (reader === undefined) return new Reader(bytes);
  spareReader = undefined;
  reader.begin(bytes);
  return reader;
}

/** Gives back a reader that read a message to its end; one that failed is not used again. */
export function giveReader(reader: Reader): void {
  reader.forget();
  spareReader = reader;
}
