import type { BenchOptions } from "../support/options.ts";

export interface Sizes {
  readonly sessions: number;
  /** Processes that serve. */
  readonly servers: number;
  /** Processes of clients. */
  readonly clients: number;
  /** Calls a second, over all sessions. */
  readonly rate: number;
  readonly broadcasts: number;
  /** Seconds in which nobody says anything: as long as servers wait with their pings, or twice as long. */
  readonly silence: number;
}

const full: Sizes = { sessions: 60_000, servers: 4, clients: 4, rate: 2_000, broadcasts: 20, silence: 50 };
const quick: Sizes = { sessions: 2_000, servers: 2, clients: 2, rate: 1_000, broadcasts: 5, silence: 0 };

export const sizeNames: readonly string[] = Object.keys(full);

/** Throws TypeError for what cannot be: a server of which no process is left when one dies. */
export function sizesOf(options: BenchOptions): Sizes {
  const sizes: Sizes = { ...(options.quick ? quick : full), ...options.sizes };
  if (sizes.servers < 2) throw new TypeError("--servers is 2 or more: one of them is killed");
  return sizes;
}

/** Descriptors that a process needs beside those of its connections. */
const OTHERS = 100;

/** Throws TypeError when a process may not have as many descriptors as it is going to need. */
export function checkDescriptors({ sessions, servers, clients }: Sizes, limit: number = openFilesLimit()): void {
  const needed = Math.ceil(sessions / Math.min(servers, clients)) + OTHERS;
  if (needed > limit)
    throw new TypeError(
      `${needed} descriptors are needed by a process, which may have ${limit} (ulimit -n): more --servers and --clients, or fewer --sessions`,
    );
}

function openFilesLimit(): number {
  const { userLimits } = process.report.getReport() as {
    readonly userLimits?: { readonly open_files: { readonly soft: number | "unlimited" } };
  };
  return Number(userLimits?.open_files.soft) || Number.POSITIVE_INFINITY;
}
