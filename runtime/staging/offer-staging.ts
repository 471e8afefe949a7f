import { tmpdir } from "node:os";
import { DiskStorage } from "../blob/disk-storage.ts";
import { spoolDefaults } from "../blob/spool-blob.ts";
import { BlobStaging } from "./blob-staging.ts";
import { resolveStaging, type StagingOptions } from "./options.ts";

/** What `offerStaging` takes in Node. */
export interface DiskStagingOptions extends StagingOptions {
  /** How many bytes of a blob stay in memory; one that has more of them goes to disk. Default: 1 MiB. */
  readonly memoryBytes?: number | undefined;
  /** Where the files of large ones are made. Default: the platform's folder for temporary files. */
  readonly directory?: string | undefined;
}

/** Keeps blobs that peers stage: small ones in memory, large ones on disk. Throws TypeError for unknown options, and for counts that are none. */
export function offerStaging(options: DiskStagingOptions = {}): BlobStaging {
  const { memoryBytes = spoolDefaults.memoryBytes, directory = tmpdir() } = options;
  return new BlobStaging(resolveStaging(options, ["memoryBytes", "directory"]), () => new DiskStorage({ memoryBytes, directory }));
}
