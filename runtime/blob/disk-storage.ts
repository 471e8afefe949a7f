import { randomBytes } from "node:crypto";
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import path from "node:path";
import { CommandError } from "../errors/command-error.ts";
import { isFull } from "./failure.ts";
import { unusable } from "./spool-directory.ts";
import type { BlobStorage } from "./stored-blob.ts";

/** Bytes that a reader asks the disk for at once. */
const READ_BYTES = 262_144;

export interface DiskStorageOptions {
  /** How many bytes stay in memory; a blob that has more of them goes to disk whole. */
  readonly memoryBytes: number;
  /** Where its file is made. */
  readonly directory: string;
}

/**
 * Keeps a small blob in memory and a large one in a file that has no name: it is made under one that nobody can guess, in a folder that is its owner's alone, and
 * taken out of both before the first byte is written. So nothing of it stays, however the process ends.
 */
export class DiskStorage implements BlobStorage {
  readonly #options: DiskStorageOptions;
  #memory: Uint8Array[] = [];
  #bytes = 0;
  #file: FileHandle | undefined;
  #closed = false;
  /** The folder, where the platform does not take away files that are open. */
  #folder: string | undefined;

  constructor(options: DiskStorageOptions) {
    this.#options = options;
  }

  /** Whether it is in a file. */
  get onDisk(): boolean {
    return this.#file !== undefined;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#check();
    this.#bytes += bytes.length;
    if (this.#file !== undefined) return this.#file.appendFile(bytes);
    this.#memory.push(bytes);
    if (this.#bytes <= this.#options.memoryBytes) return;
    this.#file = await this.#create();
    for (const each of this.#memory.splice(0)) await this.#file.appendFile(each);
  }

  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    this.#check();
    for (const each of this.#memory) {
      this.#check();
      yield each.slice();
    }
    const buffer = new Uint8Array(this.#file === undefined ? 0 : READ_BYTES);
    for (let at = 0; this.#file !== undefined; ) {
      this.#check();
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.slice(0, bytesRead);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#memory = [];
    try {
      await this.#file?.close();
    } finally {
      if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
    }
  }

  async #create(): Promise<FileHandle> {
    const { directory } = this.#options;
    const folder = await mkdtemp(path.join(directory, "zserver-")).catch((error: unknown) => {
      throw isFull(error) ? error : unusable(directory, error);
    });
    try {
      return await open(path.join(folder, randomBytes(16).toString("hex")), "wx+", 0o600);
    } finally {
      await rm(folder, { recursive: true, force: true }).catch(() => {
        this.#folder = folder;
      });
    }
  }

  #check(): void {
    if (this.#closed) throw new CommandError("FAILED_PRECONDITION", "the blob was closed, nothing of it is left");
  }
}
