/** Encodes and decodes four messages with zgen's code and with that of others, and holds them to the same bytes. */
import type { BenchOptions } from "../support/options.ts";
import type { Report } from "../support/report.ts";
import { measureRows } from "../support/rounds.ts";
import { messageNames } from "./contender.ts";
import { ContenderProcesses, contenderNames, starts } from "./contender-process.ts";
import type { Proof } from "./process.ts";

const operations = ["encode", "decode"] as const;

type Task = Parameters<ContenderProcesses["measure"]>[0];

export async function run({ peers, rounds, quick }: BenchOptions): Promise<Report> {
  const unknown = peers?.find((peer) => !contenderNames.includes(peer));
  if (unknown !== undefined) throw new TypeError(`no peer is called ${unknown}; there are ${contenderNames.slice(1).join(", ")}`);
  const wanted = contenderNames.filter((name) => name === "zgen" || peers === undefined || peers.includes(name));
  const started = await Promise.all(wanted.map((name) => ContenderProcesses.start(name)));
  const missing = wanted.filter((_, index) => started[index] === undefined);
  const contenders = new Map(started.flatMap((one) => (one === undefined ? [] : [[one.processes.name, one]])));
  try {
    const sizes = compare([...contenders].map(([name, { proof }]) => ({ name, proof })));
    const tasks = new Map(
      messageNames.flatMap((message) => operations.map((operation) => [`${message} ${operation}`, { message, operation }])),
    );
    const measure = (count: number, milliseconds: number, repeats: number) =>
      measureRows(
        [...tasks.keys()],
        [...contenders.keys()],
        [{ name: "", unit: "operations a second of CPU time", more: true }],
        count,
        async (row, name, round) => [
          await contenders.get(name)!.processes.measure({ ...(tasks.get(row) as Omit<Task, "milliseconds">), milliseconds }, round),
        ],
        repeats,
      );
    // Each sees all messages before anything counts, so that what it shares between them is as polymorphic as in a program.
    await measure(starts, quick ? 40 : 300, 0);
    const rows = await measure(rounds, quick ? 80 : 250, quick ? 0 : 3);
    return { subject: "zgen", rows, notes: [sizes, ...missing.map(howToInstall)] };
  } finally {
    for (const { processes } of contenders.values()) processes.stop();
  }
}

const howToInstall = (name: string): string => `${name} is not installed: npm ci --prefix bench/peers`;

/** Throws unless all have read the same values, and all that write protobuf have written the same bytes. Returns what messages measure. */
function compare(contenders: readonly { readonly name: string; readonly proof: Proof }[]): string {
  const [ours, ...others] = contenders;
  for (const { name, proof } of others) {
    for (const message of messageNames) {
      const { bytes, sum } = proof.messages[message];
      if (sum !== ours!.proof.messages[message].sum) throw new Error(`${name} does not read what zgen reads of the message "${message}"`);
      if (proof.protobuf && bytes !== ours!.proof.messages[message].bytes)
        throw new Error(`${name} writes other bytes of the message "${message}"`);
    }
  }
  const sizes = messageNames.map((message) => `${message} ${Buffer.from(ours!.proof.messages[message].bytes, "base64").length}`);
  const lax = others.filter(({ proof }) => proof.protobuf && !proof.checksUtf8).map(({ name }) => name);
  return `bytes of protobuf, the same from all who write it: ${sizes.join(", ")}; invalid UTF-8 is refused by all${lax.length > 0 ? ` but ${lax.join(", ")}` : ""}`;
}
