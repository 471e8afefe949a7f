import { backpressureCases } from "./backpressure.ts";
import { type CaseBody, quiet, type TransportHarness } from "./case.ts";
import { deliveryCases } from "./delivery.ts";
import { End } from "./end.ts";
import { endingCases } from "./ending.ts";
import { halfOpenCases } from "./half-open.ts";
import { twoWayCases } from "./two-way.ts";

/** One case, for any test runner: `run` rejects when the transport breaks its contract. */
export interface TransportCase {
  readonly name: string;
  run(): Promise<void>;
}

const TIMEOUT_MS = 60_000;

/** What every transport has to do, whatever it stands on. Real time serves only to end a case that hangs. */
export function transportCases(harness: TransportHarness): TransportCase[] {
  return [...deliveryCases, ...backpressureCases, ...twoWayCases, ...endingCases, ...halfOpenCases].map((body) => ({
    name: `${harness.name}: ${body.name}`,
    run: () => runCase(body, harness),
  }));
}

async function runCase(body: CaseBody, harness: TransportHarness): Promise<void> {
  const [first, second] = await harness.pair();
  const a = new End(first, harness.readsOn === "second");
  const b = new End(second, harness.readsOn === "first");
  try {
    await withTimeout(body.run(a, b, harness), harness.timeoutMs ?? TIMEOUT_MS, () => `${a.describe()}; ${b.describe()}`);
    await quiet();
    const faults = [...a.faults, ...b.faults];
    if (faults.length > 0) throw new Error(faults.slice(0, 5).join("; "));
  } finally {
    first.destroy();
    second.destroy();
  }
}

async function withTimeout(run: Promise<void>, ms: number, describe: () => string): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${ms} ms: ${describe()}`)), ms);
  });
  try {
    await Promise.race([run, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
