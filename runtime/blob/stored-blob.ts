import { sinkError } from "./failure.ts";
import type { Closeable, IncomingBlob } from "./incoming-blob.ts";
import { bounded, ReadableBlob } from "./readable-blob.ts";

/** Where the bytes of a blob are kept. */
export interface BlobStorage extends Closeable {
  /** Adds bytes, which are the storage's from now on. */
  write(bytes: Uint8Array): void | Promise<void>;
  /** All that was written, any number of times. */
  read(): AsyncGenerator<Uint8Array, void, undefined>;
}

/** A blob that came whole and was verified. It can be read any number of times, until it is closed. */
export class StoredBlob extends ReadableBlob implements Closeable {
  declare readonly size: number;
  readonly #storage: BlobStorage;

  constructor(name: string, contentType: string, size: number, storage: BlobStorage) {
    super(name, contentType, size);
    this.#storage = storage;
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#storage.read();
  }

  /** Nothing of it is left. Who reads it finds an error. */
  close(): Promise<void> {
    return this.#storage.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Keeps all of a blob. When it does not come whole, is larger than `maxBytes` or cannot be kept, nothing of it stays, and the error says which. */
export async function storeBlob(blob: IncomingBlob, storage: BlobStorage, maxBytes: number): Promise<StoredBlob> {
  let size = 0;
  try {
    for await (const chunk of bounded(blob, maxBytes)) {
      size += chunk.length;
      await storage.write(chunk);
    }
    return new StoredBlob(blob.name, blob.contentType, size, storage);
  } catch (error) {
    // What kept it from being kept is worth more than what keeps it from being closed.
    await storage.close().catch(() => {});
    throw sinkError(error);
  }
}
