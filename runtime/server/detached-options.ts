import type { DetachedBounds } from "./detached-sessions.ts";

/** How much may wait for clients that have lost their connection. Beyond a bound sessions end, the longest detached first. */
export interface DetachedOptions {
  /** Sessions that may be without a connection at once. Default 100,000: each costs a few kilobytes and what it holds unacknowledged. */
  readonly detachedSessions?: number | undefined;
  /** Bytes that sessions without a connection may hold together. Default 256 MiB. */
  readonly detachedBytes?: number | undefined;
  /** The same of one principal; anonymous clients have none in common. Default 1,000: all that a person has switched on, many times. */
  readonly detachedSessionsPerPrincipal?: number | undefined;
  /** Default 32 MiB. */
  readonly detachedBytesPerPrincipal?: number | undefined;
  /**
   * The same of one IPv4 address or IPv6 /64. Default: no bound, since all clients of a relay have one address, and lose their connections together when
   * it goes.
   */
  readonly detachedSessionsPerAddress?: number | undefined;
  readonly detachedBytesPerAddress?: number | undefined;
}

/** The names of {@link DetachedOptions}, for the check of unknown ones. */
export const detachedOptionNames: readonly (keyof DetachedOptions)[] = [
  "detachedSessions",
  "detachedBytes",
  "detachedSessionsPerPrincipal",
  "detachedBytesPerPrincipal",
  "detachedSessionsPerAddress",
  "detachedBytesPerAddress",
];

export function detachedBounds(options: DetachedOptions): DetachedBounds {
  const { detachedSessions = 100_000, detachedBytes = 268_435_456 } = options;
  const { detachedSessionsPerPrincipal = 1_000, detachedBytesPerPrincipal = 33_554_432 } = options;
  const { detachedSessionsPerAddress = Infinity, detachedBytesPerAddress = Infinity } = options;
  return {
    all: { sessions: detachedSessions, bytes: detachedBytes },
    perPrincipal: { sessions: detachedSessionsPerPrincipal, bytes: detachedBytesPerPrincipal },
    perAddress: { sessions: detachedSessionsPerAddress, bytes: detachedBytesPerAddress },
  };
}
