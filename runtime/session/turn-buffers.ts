import { Writer } from "../bytes/writer.ts";

/** The first size of a turn's buffer. */
const INITIAL_BUFFER_BYTES = 4_096;
/** A buffer that grew beyond this is left to the garbage collector. */
const KEPT_BUFFER_BYTES = 65_536;
/** Buffers that wait for their next turn: as many sessions of a process may write in one turn without making a buffer. */
const KEPT_BUFFERS = 64;

const spare: Writer[] = [];

/** An empty buffer for what one session sends in one turn. A quiet session holds none: a million of them must not cost a buffer each. */
export function takeTurnBuffer(): Writer {
  return spare.pop() ?? new Writer(INITIAL_BUFFER_BYTES);
}

/** Gives a buffer back. Views of it are void from here on. */
export function returnTurnBuffer(writer: Writer): void {
  if (writer.buffer.length > KEPT_BUFFER_BYTES || spare.length >= KEPT_BUFFERS) return;
  writer.position = 0;
  spare.push(writer);
}
