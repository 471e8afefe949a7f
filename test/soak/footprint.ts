import { readdirSync } from "node:fs";
import { KeptSecret } from "../../runtime/crypto/kept-secret.ts";
import { systemClock } from "../../runtime/time/system-clock.ts";
import { timersOf } from "../../runtime/time/timers-of.ts";

/** What a process holds on to while nothing is under way. */
export interface Footprint {
  /** Bytes of JavaScript's own heap. */
  readonly heap: number;
  /** Bytes of buffers outside it. */
  readonly external: number;
  /** What keeps a process alive, counted by kind, as `process.getActiveResourcesInfo()` names it. */
  readonly handles: number;
  readonly handleKinds: string;
  /** Undefined where the system does not list them. */
  readonly descriptors: number | undefined;
  /** Timers that are armed on the process's wheel. */
  readonly timers: number;
  /** Keys and other secrets that were not wiped. */
  readonly secrets: number;
}

/**
 * How much more may be there at the end. Compiled code, inline caches and the collector's own tables come late and are some hundred kilobytes; a
 * session that leaves one object of 40 bytes behind shows after 200,000 of them.
 */
export const HEAP_TOLERANCE_BYTES: number = 4 * 1_048_576;
/** Node and OpenSSL keep pools of their own. */
export const EXTERNAL_TOLERANCE_BYTES: number = 4 * 1_048_576;

const MAX_COLLECTIONS = 20;

/** Measures once all garbage is gone. Needs `--expose-gc`. */
export async function measure(): Promise<Footprint> {
  const { heapUsed, external } = await collected();
  const kinds = countsOf(process.getActiveResourcesInfo());
  return {
    heap: heapUsed,
    external,
    handles: handleCount(),
    handleKinds: [...kinds].map(([kind, count]) => `${kind} ${count}`).join(", "),
    descriptors: openDescriptors(),
    timers: timersOf(systemClock).size,
    secrets: KeptSecret.count,
  };
}

/** What keeps this process alive. */
export function handleCount(): number {
  return process.getActiveResourcesInfo().length;
}

/** Collects until it is of no more use: finalizers make garbage of their own. */
async function collected(): Promise<NodeJS.MemoryUsage> {
  if (globalThis.gc === undefined) throw new Error("memory can be measured with --expose-gc only");
  let least = process.memoryUsage();
  for (let round = 0, idle = 0; round < MAX_COLLECTIONS && idle < 3; round++) {
    globalThis.gc();
    await new Promise<void>((resolve) => setImmediate(resolve));
    const now = process.memoryUsage();
    idle = now.heapUsed + now.external < least.heapUsed + least.external ? 0 : idle + 1;
    if (idle === 0) least = now;
  }
  return least;
}

function countsOf(kinds: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

function openDescriptors(): number | undefined {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return undefined;
  }
}

/** What is more at the end than it may be. */
export function leaksBetween(start: Footprint, end: Footprint): string[] {
  const leaks: string[] = [];
  const heap = end.heap - start.heap;
  const external = end.external - start.external;
  if (heap > HEAP_TOLERANCE_BYTES) leaks.push(`the heap grew by ${heap} bytes, ${HEAP_TOLERANCE_BYTES} are tolerated`);
  if (external > EXTERNAL_TOLERANCE_BYTES)
    leaks.push(`external memory grew by ${external} bytes, ${EXTERNAL_TOLERANCE_BYTES} are tolerated`);
  if (end.handles > start.handles) leaks.push(`handles: ${start.handleKinds} at the start, ${end.handleKinds} at the end`);
  if ((end.descriptors ?? 0) > (start.descriptors ?? 0))
    leaks.push(`file descriptors: ${start.descriptors} at the start, ${end.descriptors} at the end`);
  if (end.timers > start.timers) leaks.push(`timers: ${start.timers} at the start, ${end.timers} at the end`);
  if (end.secrets > start.secrets) leaks.push(`secrets: ${start.secrets} at the start, ${end.secrets} at the end`);
  return leaks;
}

export function describeFootprint({ heap, external, handles, descriptors, timers, secrets }: Footprint): string {
  const mib = (bytes: number): string => (bytes / 1_048_576).toFixed(2);
  return `heap ${mib(heap)} MiB, external ${mib(external)} MiB, ${handles} handles, ${descriptors ?? "unknown"} file descriptors, ${timers} timers, ${secrets} secrets`;
}
