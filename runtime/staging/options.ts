import { checkCounts } from "../common-options.ts";
import { systemRandom, type RandomSource } from "../crypto/random.ts";
import { checkOptions } from "../errors/options.ts";
import type { Clock } from "../time/clock.ts";
import { systemClock } from "../time/system-clock.ts";

/** What one side keeps for its peers. */
export interface StagingOptions {
  /** The most blobs that one session has staged at once. Default: 128, so that a command may be about a hundred. */
  readonly blobsPerSession?: number | undefined;
  /** The most bytes that one session has staged at once. Default: 256 MiB. */
  readonly bytesPerSession?: number | undefined;
  /** The most blobs of all sessions together. Default: 8,192; a large one has a file open. */
  readonly blobs?: number | undefined;
  /** The most bytes of all sessions together. Default: 4 GiB, mostly on disk. */
  readonly bytes?: number | undefined;
  /** How long a blob is kept that nobody lets go of, in milliseconds. Default: 600,000. */
  readonly ageMs?: number | undefined;
  /** Default: the platform's time. */
  readonly clock?: Clock | undefined;
  /** Where the ids come from, which are all that keeps a blob from those who are not told of it. Default: the platform's source. */
  readonly random?: RandomSource | undefined;
}

export interface ResolvedStaging {
  readonly blobsPerSession: number;
  readonly bytesPerSession: number;
  readonly blobs: number;
  readonly bytes: number;
  readonly ageMs: number;
  readonly clock: Clock;
  readonly random: RandomSource;
}

const counts = ["blobsPerSession", "bytesPerSession", "blobs", "bytes", "ageMs"] as const;

/**
 * The options that were given, the others at their defaults. Throws TypeError for unknown ones, and for counts that are none.
 *
 * @param own options of the platform
 */
export function resolveStaging(options: StagingOptions, own: readonly string[] = []): ResolvedStaging {
  checkOptions("offerStaging", options, [...counts, "clock", "random", ...own]);
  checkCounts(options, counts);
  const { blobsPerSession = 128, bytesPerSession = 268_435_456, blobs = 8_192, bytes = 4_294_967_296, ageMs = 600_000 } = options;
  const { clock = systemClock, random = systemRandom } = options;
  return { blobsPerSession, bytesPerSession, blobs, bytes, ageMs, clock, random };
}
