/** How a client looks for a server. Times are in milliseconds. */
export interface DiscoveryOptions {
  /** From one attempt to the next, unless the one before fails earlier. Default 250 (RFC 8305, section 8). */
  readonly attemptDelayMs?: number | undefined;
  /** The most that one attempt takes, from opening the transport to the proof of the server. Default 10,000. */
  readonly attemptTimeoutMs?: number | undefined;
  /** Attempts under way at a time. Default 8. */
  readonly maxConcurrentAttempts?: number | undefined;
  /** How long a name may take to resolve. Default 10,000. */
  readonly lookupTimeoutMs?: number | undefined;
  /** The most that the first wait between rounds takes; each next one takes at most twice as long. Default 250. */
  readonly backoffBaseMs?: number | undefined;
  /** The most that any wait between rounds takes. Default 15,000. */
  readonly backoffCapMs?: number | undefined;
  /** A connection that lived this long was a good one: after it, waits are short again. Default 10,000. */
  readonly backoffResetMs?: number | undefined;
}

/** The names of {@link DiscoveryOptions}, for the checks of a program's options; all are whole numbers from 1 on. */
export const discoveryOptionNames: readonly (keyof DiscoveryOptions)[] = [
  "attemptDelayMs",
  "attemptTimeoutMs",
  "maxConcurrentAttempts",
  "lookupTimeoutMs",
  "backoffBaseMs",
  "backoffCapMs",
  "backoffResetMs",
];
