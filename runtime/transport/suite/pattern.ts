/** A prime, so that no power of two (a chunk, a buffer, a window) is a multiple of it and a lost or repeated piece shows. */
const PERIOD = 65_521;

const table: Uint8Array = makeTable();

function makeTable(): Uint8Array {
  const bytes = new Uint8Array(PERIOD);
  let state = 1;
  for (let i = 0; i < PERIOD; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[i] = state >>> 16;
  }
  return bytes;
}

/** `length` fresh bytes of an endless sequence, from `position` on. */
export function pattern(position: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const from = (position + at) % PERIOD;
    const part = table.subarray(from, Math.min(PERIOD, from + length - at));
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Where `bytes` first differ from the sequence at `position`; -1 when nowhere. */
export function mismatch(bytes: Uint8Array, position: number): number {
  let from = position % PERIOD;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== table[from]) return i;
    if (++from === PERIOD) from = 0;
  }
  return -1;
}
