import { messagePortTransport, type Transport } from "zserver";
import { transportCases } from "zserver/testing";

export interface TransportsResult {
  readonly passed: number;
  /** Name and message of each case that failed. */
  readonly failed: readonly string[];
}

/** Runs the suite over the ports of this browser. */
export async function main(): Promise<TransportsResult> {
  const pair = async (): Promise<readonly [Transport, Transport]> => {
    const { port1, port2 } = new MessageChannel();
    return [messagePortTransport(port1), messagePortTransport(port2)];
  };
  const failed: string[] = [];
  let passed = 0;
  for (const { name, run } of transportCases({ name: "port", sustainedBytes: 8 * 1024 * 1024, timeoutMs: 10_000, pair })) {
    try {
      await run();
      passed++;
    } catch (error) {
      failed.push(`${name}: ${String(error)}`);
    }
  }
  return { passed, failed };
}
