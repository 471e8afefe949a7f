import type { BlobStorage } from "../blob/stored-blob.ts";
import type { Claim } from "./quota.ts";

/** A storage whose bytes count against quotas as they come, until it is closed. */
export class ClaimedStorage implements BlobStorage {
  readonly #inner: BlobStorage;
  readonly #blobs: Claim;
  readonly #bytes: Claim;

  /** @param blobs has taken the place of one already */
  constructor(inner: BlobStorage, blobs: Claim, bytes: Claim) {
    this.#inner = inner;
    this.#blobs = blobs;
    this.#bytes = bytes;
  }

  write(bytes: Uint8Array): void | Promise<void> {
    this.#bytes.take(bytes.length);
    return this.#inner.write(bytes);
  }

  read(): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#inner.read();
  }

  async close(): Promise<void> {
    this.#blobs.giveBack();
    this.#bytes.giveBack();
    await this.#inner.close();
  }
}
