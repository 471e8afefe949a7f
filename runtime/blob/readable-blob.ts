import { BlobFailure_Reason as Reason } from "../../generated/zserver/blob.ts";
import { concatBytes } from "../bytes/concat.ts";
import { checkOptions } from "../errors/options.ts";
import { blobError } from "./failure.ts";
import { checkBytes } from "./options.ts";

/** The most bytes that {@link ReadableBlob.bytes} and its like keep in memory unless told otherwise: what a message may have. */
const DEFAULT_MAX_BYTES = 4_194_304;

/** How much is read into memory. */
export interface ReadWholeOptions {
  /** A larger blob fails with RESOURCE_EXHAUSTED and a `BlobFailure`, TOO_LARGE, as soon as that is known. Default: 4 MiB, since all of it is in memory. */
  readonly maxBytes?: number | undefined;
}

/** A blob that can be read, in each of these ways; it may be sent on as it is. */
export abstract class ReadableBlob implements AsyncIterable<Uint8Array> {
  /** What its sender calls it; empty for nothing. Not to be trusted: never a path. */
  readonly name: string;
  /** What its sender says that it is, for example `image/jpeg`; empty when it does not say. */
  readonly contentType: string;
  /** How many bytes its sender says it has, which reading holds it to; undefined where it does not know. */
  readonly size: number | undefined;

  constructor(name: string, contentType: string, size: number | undefined) {
    this.name = name;
    this.contentType = contentType;
    this.size = size;
  }

  /** Its bytes, in pieces; each is the reader's own. */
  abstract [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined>;

  /** Gives up what has not come yet, where anything comes. */
  cancel(): void {}

  /** All of its bytes. */
  async bytes(options: ReadWholeOptions = {}): Promise<Uint8Array> {
    return concatBytes(...(await this.#whole(options)));
  }

  /** Its bytes as UTF-8. Throws TypeError when they are not. */
  async text(options: ReadWholeOptions = {}): Promise<string> {
    return new TextDecoder("utf-8", { fatal: true }).decode(await this.bytes(options));
  }

  /** As the platform's `Blob`, for example for `URL.createObjectURL`; it may keep its bytes on disk. */
  async blob(options: ReadWholeOptions = {}): Promise<globalThis.Blob> {
    return new Blob((await this.#whole(options)) as Uint8Array<ArrayBuffer>[], { type: this.contentType });
  }

  /** As a `ReadableStream`; cancelling that ends the reading. */
  stream(): ReadableStream<Uint8Array> {
    const chunks = this[Symbol.asyncIterator]();
    return new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => {
        this.cancel();
        // It may wait for what will never come.
        chunks.return().catch(() => {});
      },
    });
  }

  async #whole(options: ReadWholeOptions): Promise<readonly Uint8Array[]> {
    checkOptions("blob", options, ["maxBytes"]);
    checkBytes(options, ["maxBytes"]);
    const chunks: Uint8Array[] = [];
    for await (const chunk of bounded(this, options.maxBytes ?? DEFAULT_MAX_BYTES)) chunks.push(chunk);
    return chunks;
  }
}

/** The bytes of a blob, as far as its reader takes so many. Throws CommandError with a `BlobFailure`, TOO_LARGE, beyond. */
export async function* bounded(blob: ReadableBlob, maxBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0;
  for await (const chunk of blob) {
    bytes += chunk.length;
    // Before the rest of a blob comes that says how large it is.
    if (Math.max(bytes, blob.size ?? 0) > maxBytes)
      throw blobError(Reason.TOO_LARGE, `a blob is larger than the ${maxBytes} bytes that its reader takes (maxBytes)`);
    yield chunk;
  }
}
