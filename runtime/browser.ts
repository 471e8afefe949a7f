/** zserver for browsers and workers: clients only, without a line of Node. */
// First: cryptography is like nothing else here, and in the middle it would part what compresses together.
import { portableCrypto } from "./crypto/portable.ts";
import { MemoryStorage } from "./blob/memory-storage.ts";
import { type Client, type ConnectOptions, connectOn } from "./client.ts";
import { BlobStaging } from "./staging/blob-staging.ts";
import { resolveStaging, type StagingOptions } from "./staging/options.ts";
import { dial, schemes } from "./transport/dial-browser.ts";

/** Connects to a server. Rejects with EndError when no session comes about, TypeError for impossible options. */
export function connect<Data = unknown>(options: ConnectOptions<Data>): Promise<Client<Data>> {
  return connectOn({ crypto: portableCrypto, dial, schemes }, options);
}

/** Keeps blobs that the server stages, in memory. Throws TypeError for unknown options, and for counts that are none. */
export function offerStaging(options: StagingOptions = {}): BlobStaging {
  return new BlobStaging(resolveStaging(options), () => new MemoryStorage());
}

export * from "./public.ts";
