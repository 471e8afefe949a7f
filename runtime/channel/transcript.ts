import { concatBytes } from "../bytes/concat.ts";

/** All clear bytes of a connection so far, both sides', lengths included: the prologue of the Noise handshake that follows them. */
export class Transcript {
  #bytes: Uint8Array = new Uint8Array(0);

  /** A copy is kept. */
  add(packet: Uint8Array): void {
    this.#bytes = concatBytes(this.#bytes, packet);
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }
}
