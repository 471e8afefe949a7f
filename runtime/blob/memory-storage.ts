import { CommandError } from "../errors/command-error.ts";
import type { BlobStorage } from "./stored-blob.ts";

/** Keeps a blob where it is. */
export class MemoryStorage implements BlobStorage {
  #chunks: Uint8Array[] | undefined = [];

  write(bytes: Uint8Array): void {
    this.#open().push(bytes);
  }

  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    // Each reader owns what it gets.
    for (let at = 0; at < this.#open().length; at++) yield this.#open()[at]!.slice();
  }

  async close(): Promise<void> {
    this.#chunks = undefined;
  }

  #open(): Uint8Array[] {
    if (this.#chunks === undefined) throw new CommandError("FAILED_PRECONDITION", "the blob was closed, nothing of it is left");
    return this.#chunks;
  }
}
