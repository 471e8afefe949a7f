/** How full one bucket is, and since when that holds. */
interface Bucket {
  tokens: number;
  at: number;
}

export interface TokenBucketsOptions {
  /** What a bucket holds when it is full. */
  readonly burst: number;
  readonly refillPerSecond: number;
  /** How many buckets are kept; beyond it the one that was used longest ago is forgotten, and so full again. */
  readonly keys: number;
  /** Milliseconds on a monotonic scale. */
  readonly now: () => number;
}

/**
 * Token buckets by key, bounded in number. A bucket may go into debt by as much as it holds when it is full, so that there are two answers to
 * whoever asks too much: a polite one first, and none at all after that.
 */
export class TokenBuckets {
  readonly #options: TokenBucketsOptions;
  /** The one used longest ago first. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: TokenBucketsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Takes a token. Zero when there was one; otherwise how many are missing; more than a full bucket holds are never missing. */
  take(key: string): number {
    const { burst, refillPerSecond, keys, now } = this.#options;
    const at = now();
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) bucket = { tokens: burst, at };
    else this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > keys) this.#buckets.delete(this.#buckets.keys().next().value!);
    bucket.tokens = Math.min(bucket.tokens + ((at - bucket.at) * refillPerSecond) / 1000, burst);
    bucket.at = at;
    bucket.tokens = Math.max(bucket.tokens - 1, -burst);
    return Math.max(-bucket.tokens, 0);
  }
}
