import { type Blob as BlobPart, BlobFailure_Reason as Reason } from "../../generated/zserver/blob.ts";
import { concatBytes } from "../bytes/concat.ts";
import { CommandError } from "../errors/command-error.ts";
import { checkOptions } from "../errors/options.ts";
import { blobError } from "./failure.ts";
import type { BlobProgress } from "./options.ts";
import { PartReader } from "./part-reader.ts";

/** The most bytes that {@link IncomingBlob.bytes} and its like keep in memory unless told otherwise: what a message may have. */
const DEFAULT_MAX_BYTES = 4_194_304;

export interface ReadWholeOptions {
  /** A larger blob fails with RESOURCE_EXHAUSTED and a `BlobFailure`, TOO_LARGE, as soon as that is known. Default: 4 MiB, since all of it is in memory. */
  readonly maxBytes?: number | undefined;
}

export interface IncomingBlobEvents {
  readonly onProgress?: ((progress: BlobProgress) => void) | undefined;
  /** It came whole. */
  readonly onComplete?: (() => void) | undefined;
}

/**
 * A blob that the peer sends, while it comes: read it once, in one of these ways. It flows as fast as it is read. Reading ends without an error only when all bytes
 * came and their size and digest are right; else with a CommandError, whose `detail(BlobFailure)` says why.
 */
export class IncomingBlob implements AsyncIterable<Uint8Array> {
  /** What its sender calls it; empty for nothing. Not to be trusted: never a path. */
  readonly name: string;
  /** What its sender says that it is, for example `image/jpeg`; empty when it does not say. */
  readonly contentType: string;
  /** How many bytes its sender says it has, which reading holds it to; undefined where it does not know. */
  readonly size: number | undefined;
  readonly #parts: PartReader;
  readonly #events: IncomingBlobEvents;
  #state: "unread" | "reading" | "complete" = "unread";
  #left = false;
  #failure: CommandError | undefined;

  /** Resolves when the blob's head has come. Rejects with CommandError. */
  static async open(parts: AsyncIterable<BlobPart>, events: IncomingBlobEvents = {}): Promise<IncomingBlob> {
    const reader = new PartReader(parts);
    try {
      const { name, contentType, size } = await reader.head();
      return new IncomingBlob(name, contentType, size === undefined ? undefined : Number(size), reader, events);
    } catch (error) {
      reader.leave();
      throw error;
    }
  }

  private constructor(name: string, contentType: string, size: number | undefined, parts: PartReader, events: IncomingBlobEvents) {
    this.name = name;
    this.contentType = contentType;
    this.size = size;
    this.#parts = parts;
    this.#events = events;
  }

  /** Why it did not come whole, once that is known. */
  get failure(): CommandError | undefined {
    return this.#failure;
  }

  /** Its bytes, in the pieces in which they come; each is the reader's own. Leaving the loop gives the blob up. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#state !== "unread" || this.#left) throw new TypeError("a blob is read once, and this one was read or given up");
    this.#state = "reading";
    const { size } = this;
    try {
      for (;;) {
        const chunk = await this.#parts.chunk();
        if (chunk === undefined) break;
        this.#events.onProgress?.({ bytes: this.#parts.bytes, size });
        yield chunk;
      }
      this.#state = "complete";
      this.#events.onComplete?.();
    } catch (error) {
      if (this.#left) throw new CommandError("CANCELLED", "the blob was given up by its reader");
      this.#failure = error as CommandError;
      throw error;
    } finally {
      if (this.#state !== "complete") this.cancel();
    }
  }

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

  /** As a `ReadableStream`; cancelling that gives the blob up. */
  stream(): ReadableStream<Uint8Array> {
    const chunks = this[Symbol.asyncIterator]();
    return new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => this.cancel(),
    });
  }

  /** Gives up what has not come yet; who reads it finds its end, and a blob that was never read can go. */
  cancel(): void {
    if (this.#state === "complete" || this.#left) return;
    this.#left = true;
    this.#parts.leave();
  }

  async #whole(options: ReadWholeOptions): Promise<readonly Uint8Array[]> {
    checkOptions("blob", options, ["maxBytes"]);
    const { maxBytes = DEFAULT_MAX_BYTES } = options;
    const chunks: Uint8Array[] = [];
    if ((this.size ?? 0) > maxBytes) this.#refuse(maxBytes);
    for await (const chunk of this) {
      if (this.#parts.bytes > maxBytes) this.#refuse(maxBytes);
      chunks.push(chunk);
    }
    return chunks;
  }

  #refuse(maxBytes: number): never {
    this.#failure = blobError(Reason.TOO_LARGE, `a blob is larger than the ${maxBytes} bytes that its reader takes (maxBytes)`);
    this.cancel();
    throw this.#failure;
  }
}
