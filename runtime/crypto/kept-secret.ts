/** Bytes of a secret. */
const SECRET_BYTES = 32;
/** Secrets in one piece of memory. */
const SLOTS = 64;

const pieces: Uint8Array[] = [];
/** Places that hold no secret, all zero. */
const free: number[] = [];
const shown = new Uint8Array(SECRET_BYTES);

/**
 * 32 secret bytes that are kept for long, together with others: an array of its own for each costs nine times its bytes, and a million quiet connections have
 * four of them each. Whoever keeps one wipes it, else its place is lost.
 */
export class KeptSecret {
  /** -1 once it is wiped. */
  #slot: number;

  /** Holds its own copy. */
  constructor(secret: Uint8Array) {
    if (free.length === 0) {
      const first = SLOTS * (pieces.push(new Uint8Array(SLOTS * SECRET_BYTES)) - 1);
      for (let slot = first; slot < first + SLOTS; slot++) free.push(slot);
    }
    const slot = free.pop()!;
    pieceOf(slot).set(secret, offsetOf(slot));
    this.#slot = slot;
  }

  /** How many are kept, for tests. */
  static get count(): number {
    return SLOTS * pieces.length - free.length;
  }

  get wiped(): boolean {
    return this.#slot < 0;
  }

  /** Valid until another one is looked at, or wiped; all zero once this is wiped. */
  get bytes(): Uint8Array {
    if (this.wiped) return shown.fill(0);
    const piece = pieceOf(this.#slot);
    const offset = offsetOf(this.#slot);
    for (let index = 0; index < SECRET_BYTES; index++) shown[index] = piece[offset + index]!;
    return shown;
  }

  /** Overwrites it, and the copy that was looked at. */
  wipe(): void {
    shown.fill(0);
    if (this.wiped) return;
    const offset = offsetOf(this.#slot);
    pieceOf(this.#slot).fill(0, offset, offset + SECRET_BYTES);
    free.push(this.#slot);
    this.#slot = -1;
  }
}

function pieceOf(slot: number): Uint8Array {
  return pieces[Math.floor(slot / SLOTS)]!;
}

function offsetOf(slot: number): number {
  return (slot % SLOTS) * SECRET_BYTES;
}
