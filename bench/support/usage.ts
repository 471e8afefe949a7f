import { Session } from "node:inspector";

/** What a process says of itself. */
export interface Usage {
  /** Microseconds of CPU time that it has used so far. */
  readonly cpu: number;
  /** Bytes of its resident set. */
  readonly rss: number;
  /** The most that it ever was. */
  readonly peakRss: number;
}

export function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpu: user + system, rss: process.memoryUsage.rss(), peakRss: process.resourceUsage().maxRSS * 1_024 };
}

/** Collects what nothing holds any more. The flags of V8 stay as they are: the inspector can collect without them. */
export function collectGarbage(): void {
  const inspector = new Session();
  inspector.connect();
  inspector.post("HeapProfiler.collectGarbage");
  inspector.disconnect();
}
