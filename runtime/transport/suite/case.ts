import { systemClock } from "../../time/system-clock.ts";
import type { Transport } from "../transport.ts";
import type { End } from "./end.ts";

/** A transport under test. */
export interface TransportHarness {
  readonly name: string;
  /** A fresh connection: both ends, not started. */
  pair(): Promise<readonly [Transport, Transport]>;
  /** Bytes of the sustained transfer in each direction. Default 64 MiB. */
  readonly sustainedBytes?: number | undefined;
  /** Whether the second end, once paused, stops the first from sending. False for a page's WebSocket, which reads on. Default true. */
  readonly pauseReachesPeer?: boolean | undefined;
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
  for (let turn = 0; turn < QUIET_TURNS; turn++) await new Promise<void>((resolve) => systemClock.endOfTurn(resolve));
}

export function startBoth(a: End, b: End): void {
  a.start();
  b.start();
}
