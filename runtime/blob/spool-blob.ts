import { tmpdir } from "node:os";
import { checkOptions } from "../errors/options.ts";
import { DiskStorage } from "./disk-storage.ts";
import type { IncomingBlob } from "./incoming-blob.ts";
import { checkBytes } from "./options.ts";
import { type StoredBlob, storeBlob } from "./stored-blob.ts";

/** How much of a blob is kept, and where. */
export interface SpoolOptions {
  /** How many bytes stay in memory; a blob that has more of them goes to disk. Default: 1 MiB, the memory of some hundred small messages. */
  readonly memoryBytes?: number | undefined;
  /** A larger blob fails with RESOURCE_EXHAUSTED and a `BlobFailure`, TOO_LARGE. Default: 1 GiB, so that one peer alone does not fill a disk. */
  readonly maxBytes?: number | undefined;
  /** Where the file of a large one is made: a folder that is there, in which this process may write. Default: the platform's for temporary files. */
  readonly directory?: string | undefined;
}

/** What {@link spoolBlob} takes unless told otherwise. */
export const spoolDefaults = { memoryBytes: 1_048_576, maxBytes: 1_073_741_824 } as const;

/**
 * Keeps a blob that comes, in memory or on disk, and resolves when it is whole and verified. What it resolves to is gone when the blob's command has ended, or at the
 * caller's side when the blob is closed. Rejects with CommandError; nothing is kept then.
 */
export async function spoolBlob(blob: IncomingBlob, options: SpoolOptions = {}): Promise<StoredBlob> {
  checkOptions("spoolBlob", options, ["memoryBytes", "maxBytes", "directory"]);
  checkBytes(options, ["memoryBytes", "maxBytes"]);
  const { memoryBytes = spoolDefaults.memoryBytes, maxBytes = spoolDefaults.maxBytes, directory = tmpdir() } = options;
  const stored = await storeBlob(blob, new DiskStorage({ memoryBytes, directory }), maxBytes);
  blob.owns(stored);
  return stored;
}
