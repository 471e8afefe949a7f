import { type Blob as BlobPart, BlobFailure_Reason as Reason, type Blob_End, type Blob_Head } from "../../generated/zserver/blob.ts";
import { createDigest } from "./digest.ts";
import { blobError, tooLarge } from "./failure.ts";
import { CONTENT_TYPE_UNITS, NAME_UNITS } from "./source.ts";

const told: Readonly<Record<number, string>> = {
  [Reason.TOO_SHORT]: "it is shorter than its sender said",
  [Reason.TOO_LONG]: "it is longer than its sender said",
  [Reason.TOO_LARGE]: "it is larger than its sender may send",
  [Reason.SOURCE_FAILED]: "its source failed at the other side",
};

/** Reads the parts of a blob that the peer sends, and believes none of them: their order, their sizes and their digest are checked. */
export class PartReader {
  readonly #parts: AsyncIterator<BlobPart>;
  readonly #maxBytes: number;
  readonly #digest = createDigest();
  #size: number | undefined;
  /** Bytes that came. */
  bytes = 0;

  /** @param maxBytes a larger blob fails as soon as that is known */
  constructor(parts: AsyncIterable<BlobPart>, maxBytes: number) {
    this.#parts = parts[Symbol.asyncIterator]();
    this.#maxBytes = maxBytes;
  }

  /** The head, which is the first part. Throws CommandError. */
  async head(): Promise<Blob_Head> {
    const { done, value } = await this.#parts.next();
    if (done || value.part?.case !== "head") throw malformed("its first part is not its head");
    const head = value.part.value;
    if (head.name.length > NAME_UNITS || head.contentType.length > CONTENT_TYPE_UNITS)
      throw malformed("its name or its content type is too long");
    if (head.size !== undefined && head.size > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed("its size is beyond any");
    this.#size = head.size === undefined ? undefined : Number(head.size);
    this.#bound(this.#size ?? 0);
    return head;
  }

  /** The next bytes, which the caller owns; undefined once all came and are those that were sent. Throws CommandError. */
  async chunk(): Promise<Uint8Array | undefined> {
    const { done, value } = await this.#parts.next();
    const part = done ? undefined : value.part;
    switch (part?.case) {
      case "chunk":
        this.#add(part.value);
        return part.value;
      case "end":
        await this.#finish(part.value);
        return undefined;
      case "failure": {
        const { reason } = part.value;
        throw blobError(reason, `a blob did not come whole: ${told[reason] ?? "its sender gave it up"}`);
      }
      case "head":
        throw malformed("it has a second head");
      default:
        throw malformed("its end is missing");
    }
  }

  /** No more of it is wanted. */
  leave(): void {
    // A stream that is over says nothing new.
    this.#parts.return?.().catch(() => {});
  }

  #add(chunk: Uint8Array): void {
    if (chunk.length === 0) throw malformed("it has an empty chunk");
    this.bytes += chunk.length;
    this.#bound(this.bytes);
    if (this.#size !== undefined && this.bytes > this.#size)
      throw blobError(Reason.TOO_LONG, `a blob has more than the ${this.#size} bytes that it was said to have`);
    this.#digest.update(chunk);
  }

  #bound(bytes: number): void {
    if (bytes > this.#maxBytes) throw tooLarge(this.#maxBytes);
  }

  async #finish({ size, sha256 }: Blob_End): Promise<void> {
    const announced = this.#size ?? Number(size);
    if (this.bytes < announced || BigInt(this.bytes) < size)
      throw blobError(Reason.TOO_SHORT, `a blob has ${this.bytes} of the ${announced} bytes that it was said to have`);
    if (BigInt(this.bytes) > size) throw blobError(Reason.TOO_LONG, `a blob has ${this.bytes} bytes, and its sender counted ${size}`);
    if (!equal(this.#digest.digest(), sha256)) throw blobError(Reason.DIGEST_MISMATCH, "a blob's bytes are not those that were sent");
    const { done } = await this.#parts.next();
    if (!done) throw malformed("something comes after its end");
  }
}

function malformed(why: string): Error {
  return blobError(Reason.MALFORMED, `a blob's parts are out of order: ${why}`);
}

/** Nothing of a digest is secret: its time may tell where two differ. */
function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
