import { tmpdir } from "node:os";
import { DiskStorage } from "../blob/disk-storage.ts";
import { checkBytes } from "../blob/options.ts";
import { checkDirectory } from "../blob/spool-directory.ts";
import { spoolDefaults } from "../blob/spool-blob.ts";
import { BlobStaging } from "./blob-staging.ts";
import { resolveStaging, type StagingOptions } from "./options.ts";

/** What `offerStaging` takes in Node. */
export interface DiskStagingOptions extends StagingOptions {
  /** How many bytes of a blob stay in memory; one that has more of them goes to disk. Default: 1 MiB. */
  readonly memoryBytes?: number | undefined;
  /** Where the files of large ones are made: a folder that is there, in which this process may write. Default: the platform's for temporary files. */
  readonly directory?: string | undefined;
}

/** Keeps blobs that peers stage: small ones in memory, large ones on disk. Throws TypeError for unknown options, and for counts that are none; Error for a directory in which it cannot write. */
export function offerStaging(options: DiskStagingOptions = {}): BlobStaging {
  const { memoryBytes = spoolDefaults.memoryBytes, directory = tmpdir() } = options;
  checkBytes(options, ["memoryBytes"]);
  const resolved = resolveStaging(options, ["memoryBytes", "directory"]);
  if (memoryBytes < resolved.bytesPerSession) checkDirectory(directory);
  return new BlobStaging(resolved, () => new DiskStorage({ memoryBytes, directory }));
}
