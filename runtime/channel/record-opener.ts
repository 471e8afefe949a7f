import type { CipherState } from "../crypto/noise/cipher-state.ts";
import { TAG_BYTES } from "../crypto/provider.ts";
import { LENGTH_BYTES } from "./limits.ts";
import { recordLength } from "./record-length.ts";

/** One direction's incoming records. */
export class RecordOpener {
  #cipher: CipherState;
  #keyBytes = 0;
  #records = 0;

  constructor(cipher: CipherState) {
    this.#cipher = cipher;
  }

  /** Bytes on the wire under the present key. */
  get keyBytes(): number {
    return this.#keyBytes;
  }

  /** Records under all keys. */
  get records(): number {
    return this.#records;
  }

  /**
   * Opens a record of at least MIN_RECORD_BYTES, its length before it, into `into`, kind byte first. How many bytes that are; -1 when the record is
   * not the next one that the peer sealed.
   */
  open(packet: Uint8Array, into: Uint8Array): number {
    recordLength[0] = packet[0]!;
    recordLength[1] = packet[1]!;
    if (!this.#cipher.open(recordLength, packet.subarray(LENGTH_BYTES), into, 0)) return -1;
    this.#keyBytes += packet.length;
    this.#records++;
    return packet.length - LENGTH_BYTES - TAG_BYTES;
  }

  /** Whatever follows is under this cipher; the former one is wiped. */
  switchTo(cipher: CipherState): void {
    this.#cipher.wipe();
    this.#cipher = cipher;
    this.#keyBytes = 0;
  }

  wipe(): void {
    this.#cipher.wipe();
  }
}
