/**
 * Many sessions over several processes of a server: what it takes to open them, to keep them, to call and to be told over them, and what becomes of them when one
 * of the processes dies.
 */
import { setTimeout } from "node:timers/promises";
import { figureOf } from "../support/figure.ts";
import type { BenchOptions } from "../support/options.ts";
import type { Report } from "../support/report.ts";
import type { Row } from "../support/rounds.ts";
import { Crew, quantile, share, sumOf } from "./crew.ts";
import { loseProcess } from "./losing.ts";
import { row } from "./row.ts";
import { checkDescriptors, type Sizes, sizesOf } from "./sizes.ts";

export { sizeNames } from "./sizes.ts";

const MIB = 1_048_576;
/** Milliseconds until what a session needs only at its start is gone, and until acknowledgements are. */
const SETTLING = 1_000;
/** How long the whole may take, in ms. Whoever waits longer waits for ever. */
const LIMIT = { quick: 48_000, full: 600_000 } as const;

export async function run(options: BenchOptions): Promise<Report> {
  const sizes = sizesOf(options);
  const { sessions, servers, clients } = sizes;
  checkDescriptors(sizes);
  const crew = await Crew.start({ servers, clients, scheme: "ws" });
  const milliseconds = options.quick ? LIMIT.quick : LIMIT.full;
  let late = false;
  const limit = globalThis.setTimeout(() => {
    late = true;
    crew.stop();
  }, milliseconds);
  try {
    const rows: Row[] = [];
    for (const phase of [open, call, tell, listen]) rows.push(...(await phase(crew, sizes)));
    const end = await loseProcess(crew, sizes);
    return {
      subject: undefined,
      rows: [...rows, ...end.rows],
      notes: [
        `${sessions.toLocaleString("en")} sessions over WebSocket, from ${clients} processes to ${servers}; one run, whose figures have no rounds.`,
        "serve({ processes }) with default options, which count no connections from this machine (`door.uncounted`). The process that starts the others counts to the server's CPU time and memory.",
        "Calls and events are those of `calls` and `broadcast`; a call's time runs from when it was due, and its client looks at the clock every millisecond.",
        ...end.notes,
      ],
    };
  } catch (error) {
    if (late) throw new Error(`given up after ${milliseconds / 1_000} s: this machine has no time for so many --sessions`);
    throw crew.failure === undefined ? error : new Error(crew.failure);
  } finally {
    clearTimeout(limit);
    crew.stop();
  }
}

/** All sessions, 16 at a time from each process, each of which is called once. */
async function open(crew: Crew, { sessions, clients }: Sizes): Promise<Row[]> {
  const clientsBefore = await crew.clients<{ readonly rss: number }>(() => ({ kind: "look" }));
  const before = await crew.look(true);
  const opened = await crew.work((index) => ({ kind: "open", sessions: share(sessions, clients, index) }));
  const busy = await crew.look();
  await setTimeout(SETTLING);
  const after = await crew.look(true);
  const clientsAfter = await crew.clients<{ readonly rss: number }>(() => ({ kind: "look" }));
  const rss = (one: { readonly rss: number }): number => one.rss;
  const cpu = (one: { readonly cpu: number }): number => one.cpu;
  return [
    row("opening", "", "sessions a second", (sessions * 1_000) / opened.milliseconds),
    row("opening", "all", "s", opened.milliseconds / 1_000),
    row("opening", "server", "µs of CPU time a session", (sumOf(busy, cpu) - sumOf(before, cpu)) / sessions),
    row("opening", "server's first process", "µs of CPU time a session, in that", (busy[0]!.cpu - before[0]!.cpu) / sessions),
    row("opening", "client", "µs of CPU time a session", opened.cpu / sessions),
    row("memory", "server", "bytes of resident sets a session", (sumOf(after, rss) - sumOf(before, rss)) / sessions),
    row("memory", "client", "bytes of resident sets a session", (sumOf(clientsAfter, rss) - sumOf(clientsBefore, rss)) / sessions),
    row("memory", "largest process of the server", "MiB", Math.max(...after.map(rss)) / MIB),
  ];
}

/** So many calls a second, over all sessions in turn, until each was called once more. */
async function call(crew: Crew, { sessions, clients, rate }: Sizes): Promise<Row[]> {
  const before = await crew.look();
  const called = await crew.work((index) => ({ kind: "call", rate: rate / clients, calls: share(sessions, clients, index) }));
  const after = await crew.look();
  const name = `${rate.toLocaleString("en")} calls a second`;
  return [
    row(name, "p50", "ms", quantile(called, 0.5)),
    row(name, "p99", "ms", quantile(called, 0.99)),
    row(name, "answered", "calls a second", (sessions * 1_000) / called.milliseconds),
    row(name, "server", "µs of CPU time a call", (sumOf(after, ({ cpu }) => cpu) - sumOf(before, ({ cpu }) => cpu)) / sessions),
  ];
}

async function tell(crew: Crew, { sessions, broadcasts }: Sizes): Promise<Row[]> {
  const times: number[] = [];
  const before = await crew.look();
  for (let turn = 0; turn < broadcasts; turn++) times.push(await crew.broadcast(turn));
  await setTimeout(SETTLING);
  const after = await crew.look();
  const { median, max } = figureOf(times);
  const cpu = sumOf(after, ({ cpu }) => cpu) - sumOf(before, ({ cpu }) => cpu);
  return [
    row("a broadcast to all", "until the last has it", "ms, median", median),
    row("a broadcast to all", "until the last has it", "ms, slowest", max),
    row("a broadcast to all", "server", "µs of CPU time a delivery", cpu / (broadcasts * sessions)),
  ];
}

/** Nothing but what servers ask of those that are quiet: whether they are still there. */
async function listen(crew: Crew, { sessions, silence }: Sizes): Promise<Row[]> {
  if (silence === 0) return [];
  const before = await crew.look();
  await setTimeout(silence * 1_000);
  const after = await crew.look();
  const cpu = sumOf(after, (one) => one.cpu) - sumOf(before, (one) => one.cpu);
  return [row(`${silence} s of silence`, "server", "µs of CPU time a session in a second", cpu / sessions / silence)];
}
