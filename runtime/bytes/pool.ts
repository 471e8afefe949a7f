import { Writer } from "./writer.ts";

/** A writer that grew beyond this many bytes is dropped instead of kept: one huge message does not pin its memory for ever. */
const keptBytes = 65_536;

/** At most one writer waits here: encoding is synchronous, and what nests within it (a getter that encodes) makes its own. */
let spare: Writer | undefined;

/** An empty writer, the caller's until {@link releaseWriter}. */
export function takeWriter(): Writer {
  const writer = spare ?? new Writer(1024);
  spare = undefined;
  writer.reset();
  return writer;
}

/** Gives a writer back. Views of its buffer are void from here on. */
export function releaseWriter(writer: Writer): void {
  if (writer.buffer.length <= keptBytes) spare = writer;
}
