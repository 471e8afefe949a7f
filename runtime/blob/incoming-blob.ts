import type { Blob as BlobPart } from "../../generated/zserver/blob.ts";
import { CommandError } from "../errors/command-error.ts";
import type { BlobProgress } from "./options.ts";
import { PartReader } from "./part-reader.ts";
import { ReadableBlob } from "./readable-blob.ts";

export interface IncomingBlobOptions {
  readonly onProgress?: ((progress: BlobProgress) => void) | undefined;
  /** The most bytes that may come. Default: as many as there are. */
  readonly maxBytes?: number | undefined;
  /** It came whole. */
  readonly onComplete?: (() => void) | undefined;
}

/** Something that is held for as long as a command runs. */
export interface Closeable {
  close(): Promise<void>;
}

/**
 * A blob that the peer sends, while it comes: read it once. It flows as fast as it is read. Reading ends without an error only when all bytes came and their size
 * and digest are right; else with a CommandError, whose `detail(BlobFailure)` says why.
 */
export class IncomingBlob extends ReadableBlob {
  readonly #parts: PartReader;
  readonly #options: IncomingBlobOptions;
  readonly #owned: Closeable[] = [];
  #state: "unread" | "reading" | "complete" = "unread";
  #left = false;
  #closed = false;
  #failure: CommandError | undefined;

  /** Resolves when the blob's head has come. Rejects with CommandError. */
  static async open(parts: AsyncIterable<BlobPart>, options: IncomingBlobOptions = {}): Promise<IncomingBlob> {
    const reader = new PartReader(parts, options.maxBytes ?? Number.POSITIVE_INFINITY);
    try {
      const { name, contentType, size } = await reader.head();
      return new IncomingBlob(name, contentType, size === undefined ? undefined : Number(size), reader, options);
    } catch (error) {
      reader.leave();
      throw error;
    }
  }

  private constructor(name: string, contentType: string, size: number | undefined, parts: PartReader, options: IncomingBlobOptions) {
    super(name, contentType, size);
    this.#parts = parts;
    this.#options = options;
  }

  /** Throws why it did not come whole, once that is known. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
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
        this.#options.onProgress?.({ bytes: this.#parts.bytes, size });
        yield chunk;
      }
      this.#state = "complete";
      this.#options.onComplete?.();
    } catch (error) {
      if (this.#left) throw new CommandError("CANCELLED", "the blob was given up by its reader");
      this.#failure = error as CommandError;
      throw error;
    } finally {
      this.cancel();
    }
  }

  /** Gives up what has not come yet. Whoever reads it finds CANCELLED. */
  override cancel(): void {
    if (this.#state === "complete" || this.#left) return;
    this.#left = true;
    this.#parts.leave();
  }

  /** What is made of the blob goes with it: when the command of its handler has ended, or when it is closed. */
  owns(held: Closeable): void {
    if (!this.#closed) this.#owned.push(held);
    // The command did not wait for it; a file that cannot be closed is nobody's.
    else held.close().catch(() => {});
  }

  /** Lets go of everything: a handler's blob is closed when its command ends. */
  async close(): Promise<void> {
    this.#closed = true;
    this.cancel();
    await Promise.all(this.#owned.splice(0).map((held) => held.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
