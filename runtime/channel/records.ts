import type { CipherState } from "../crypto/noise/cipher-state.ts";
import { TAG_BYTES } from "../crypto/provider.ts";
import { KIND_BYTES, LENGTH_BYTES, MIN_RECORD_BYTES, RECORD_BYTES, RECORD_OVERHEAD_BYTES } from "./limits.ts";
import { outputBuffer } from "./output-buffer.ts";

/** A record's associated data: its length. Written before each use and read within it, so one for all: a quiet connection holds none. */
const recordLength: Uint8Array = new Uint8Array(LENGTH_BYTES);

/** The records of a connection, both directions, each under the cipher that it has now. */
export class Records {
  #sealing: CipherState;
  #opening: CipherState;
  #nextRecordBytes: number;
  /** Bytes on the wire under the present key, of each direction. */
  #sealedBytes = 0;
  #openedBytes = 0;
  /** Under all keys. */
  recordsOut = 0;
  recordsIn = 0;

  /** @param firstRecordBytes how large the first record that is sealed may be, its length not counted */
  constructor(sealing: CipherState, opening: CipherState, firstRecordBytes: number = RECORD_BYTES) {
    this.#sealing = sealing;
    this.#opening = opening;
    this.#nextRecordBytes = firstRecordBytes;
  }

  /** Bytes of the direction that has more of them under its present key. */
  get keyBytes(): number {
    return Math.max(this.#sealedBytes, this.#openedBytes);
  }

  /** As few records as hold `plaintext`, at least one, in one piece of memory that the caller owns. */
  seal(kind: number, plaintext: Uint8Array): Uint8Array {
    const first = Math.min(plaintext.length, this.#nextRecordBytes - MIN_RECORD_BYTES);
    const further = Math.ceil((plaintext.length - first) / (RECORD_BYTES - MIN_RECORD_BYTES));
    const output = outputBuffer(plaintext.length + (1 + further) * RECORD_OVERHEAD_BYTES);
    output[LENGTH_BYTES] = kind;
    output.set(further === 0 ? plaintext : plaintext.subarray(0, first), LENGTH_BYTES + KIND_BYTES);
    let offset = this.#sealOne(output.subarray(LENGTH_BYTES, LENGTH_BYTES + KIND_BYTES + first), output, 0);
    for (let start = first; start < plaintext.length; start += RECORD_BYTES - MIN_RECORD_BYTES) {
      const piece = plaintext.subarray(start - KIND_BYTES, start + RECORD_BYTES - MIN_RECORD_BYTES);
      // Its kind stands before it for as long as it is sealed, so that it is not copied to stand behind its kind.
      const before = piece[0]!;
      piece[0] = kind;
      try {
        offset = this.#sealOne(piece, output, offset);
      } finally {
        piece[0] = before;
      }
    }
    this.#nextRecordBytes = RECORD_BYTES;
    this.#sealedBytes += output.length;
    return output;
  }

  /**
   * Opens a record of at least MIN_RECORD_BYTES, its length before it, into `into`, kind byte first. How many bytes that are; -1 when the record is
   * not the next one that the peer sealed.
   */
  open(packet: Uint8Array, into: Uint8Array): number {
    recordLength[0] = packet[0]!;
    recordLength[1] = packet[1]!;
    if (!this.#opening.open(recordLength, packet.subarray(LENGTH_BYTES), into, 0)) return -1;
    this.#openedBytes += packet.length;
    this.recordsIn++;
    return packet.length - LENGTH_BYTES - TAG_BYTES;
  }

  /** Whatever is sealed from here on is under this cipher; the former one is wiped. */
  sealUnder(cipher: CipherState): void {
    this.#sealing.wipe();
    this.#sealing = cipher;
    this.#sealedBytes = 0;
  }

  /** The same of what is opened. */
  openUnder(cipher: CipherState): void {
    this.#opening.wipe();
    this.#opening = cipher;
    this.#openedBytes = 0;
  }

  wipe(): void {
    this.#sealing.wipe();
    this.#opening.wipe();
  }

  /**
   * Returns where the next one will be.
   *
   * @param plaintext kind byte first; may be the memory in which it will be sealed
   */
  #sealOne(plaintext: Uint8Array, output: Uint8Array, offset: number): number {
    const length = plaintext.length + TAG_BYTES;
    const header = recordLength;
    output[offset] = header[0] = length >>> 8;
    output[offset + 1] = header[1] = length & 0xff;
    this.#sealing.seal(header, plaintext, output, offset + LENGTH_BYTES);
    this.recordsOut++;
    return offset + LENGTH_BYTES + length;
  }
}
