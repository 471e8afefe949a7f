import { systemClock } from "../../time/system-clock.ts";
import type { Transport } from "../transport.ts";
import type { End } from "./end.ts";

/** A transport under test. */
export interface TransportHarness {
  readonly name: string;
  /** A fresh connection: both ends, not started. */
  pair(): Promise<readonly [Transport, Transport]>;
  /** Bytes of the sustained transfer in each direction. Default 64 MiB; take 256 MiB now and then, where wear shows. */
  readonly sustainedBytes?: number | undefined;
  /** Which end reads on while it is paused, and so cannot stop its peer from sending: that of a page's WebSocket. Default none. */
  readonly readsOn?: "first" | "second" | undefined;
  /**
   * Whether a peer that vanishes is told as a failure. False where the platform's way of closing says nothing of order, as with unix sockets.
   * Default true.
   */
  readonly vanishingFails?: boolean | undefined;
  /** How long one case may take before it fails, in milliseconds of real time. Default 60,000. */
  readonly timeoutMs?: number | undefined;
}

/** One case over a fresh connection whose ends are not started. */
export interface CaseBody {
  readonly name: string;
  run(a: End, b: End, harness: TransportHarness): Promise<void>;
}

/** Throws with `message` unless `condition` holds. */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Turns of the event loop after which whatever was under way inside this machine has arrived. */
const QUIET_TURNS = 50;

/** Waits until what does not come now was not sent. Too short a wait can only hide a fault, never invent one. */
export async function quiet(): Promise<void> {
  for (let turns = 0; turns < QUIET_TURNS; turns++) await turn();
}

/** Waits for the end of the turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => systemClock.endOfTurn(resolve));
}

export function startBoth(a: End, b: End): void {
  a.start();
  b.start();
}
