import { LENGTH_BYTES } from "./limits.ts";

/** A record's associated data: its length. Written before each use and read within it, so one for all: a quiet connection holds none. */
export const recordLength: Uint8Array = new Uint8Array(LENGTH_BYTES);
