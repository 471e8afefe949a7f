import type { CipherState } from "../crypto/noise/cipher-state.ts";
import { KIND_BYTES, LENGTH_BYTES, MIN_RECORD_BYTES, RECORD_BYTES, RECORD_OVERHEAD_BYTES } from "./limits.ts";
import { outputBuffer } from "./output-buffer.ts";
import { recordLength } from "./record-length.ts";

/** One direction's outgoing records. */
export class RecordSealer {
  #cipher: CipherState;
  #nextRecordBytes: number;
  #keyBytes = 0;
  #records = 0;

  /** @param firstRecordBytes how large the first record may be, its length not counted */
  constructor(cipher: CipherState, firstRecordBytes: number = RECORD_BYTES) {
    this.#cipher = cipher;
    this.#nextRecordBytes = firstRecordBytes;
  }

  /** Bytes on the wire under the present key. */
  get keyBytes(): number {
    return this.#keyBytes;
  }

  /** Records under all keys. */
  get records(): number {
    return this.#records;
  }

  /** As few records as hold `plaintext`, at least one, in one piece of memory that the caller owns. */
  seal(kind: number, plaintext: Uint8Array): Uint8Array {
    const first = Math.min(plaintext.length, this.#nextRecordBytes - MIN_RECORD_BYTES);
    const further = Math.ceil((plaintext.length - first) / (RECORD_BYTES - MIN_RECORD_BYTES));
    const output = outputBuffer(plaintext.length + (1 + further) * RECORD_OVERHEAD_BYTES);
    if (further === 0) this.#sealOne(kind, plaintext, output, 0);
    else this.#sealAll(kind, plaintext, first, output);
    this.#nextRecordBytes = RECORD_BYTES;
    this.#keyBytes += output.length;
    return output;
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

  #sealAll(kind: number, plaintext: Uint8Array, first: number, output: Uint8Array): void {
    let offset = 0;
    for (let start = 0, end = first; start < plaintext.length; start = end, end += RECORD_BYTES - MIN_RECORD_BYTES) {
      const piece = plaintext.subarray(start, end);
      this.#sealOne(kind, piece, output, offset);
      offset += piece.length + RECORD_OVERHEAD_BYTES;
    }
  }

  #sealOne(kind: number, piece: Uint8Array, output: Uint8Array, offset: number): void {
    const length = piece.length + MIN_RECORD_BYTES;
    const header = recordLength;
    output[offset] = header[0] = length >>> 8;
    output[offset + 1] = header[1] = length & 0xff;
    const start = offset + LENGTH_BYTES;
    output[start] = kind;
    output.set(piece, start + KIND_BYTES);
    this.#cipher.seal(header, output.subarray(start, start + KIND_BYTES + piece.length), output, start);
    this.#records++;
  }
}
