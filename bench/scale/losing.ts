import { setTimeout } from "node:timers/promises";
import type { Row } from "../support/rounds.ts";
import { type Crew, quantile, share, sumOf } from "./crew.ts";
import { row } from "./row.ts";
import type { Sizes } from "./sizes.ts";
import type { Losses, ServerState } from "./tasks.ts";

/** Milliseconds between two looks at how far it is. */
const LOOK = 100;
/** The part of the calls that goes on meanwhile: whether others are served is the question, and all calls together would take most of a small machine. */
const CALLS = 1 / 10;

/**
 * Kills the process with most sessions while all are called, and waits until each client that has lost its session has another one. Throws when a session was lost that
 * was not that process's, or anything else went wrong.
 */
export async function loseProcess(crew: Crew, sizes: Sizes): Promise<{ readonly rows: Row[]; readonly notes: readonly string[] }> {
  const { clients, rate } = sizes;
  await crew.clients<true>(() => ({ kind: "watch", rate: (CALLS * rate) / clients }));
  const start = Date.now();
  const killed = await crew.server<ServerState>({ kind: "kill" });
  const recovered = crew.server<true>({ kind: "recover" }).then(() => Date.now());
  const losses = await untilReplaced(crew, killed.sessions);
  const recoveredAt = await recovered;
  const called = await crew.work(() => ({ kind: "rest" }));
  const late = sumOf(await crew.clients<Losses>(() => ({ kind: "losses" })), (each) => each.late);
  await check(crew, sizes, killed.sessions, losses);
  const name = "a process of the server is killed";
  return {
    rows: [
      row(name, "", "sessions are lost", killed.sessions),
      row(name, "until the last is told", "s", (Math.max(...losses.map(({ lostAt }) => lostAt)) - start) / 1_000),
      row(name, "until the last has another session", "s", (Math.max(...losses.map(({ replacedAt }) => replacedAt)) - start) / 1_000),
      row(name, "until another process serves in its place", "s", (recoveredAt - start) / 1_000),
      row(name, "p50 of the others' calls meanwhile", "ms", quantile(called, 0.5)),
      row(name, "p99 of the others' calls meanwhile", "ms", quantile(called, 0.99)),
      row(name, "calls that failed with their sessions", "calls", called.lost - late),
      row(name, "other calls that had no answer in their time", "calls", late),
    ],
    notes: [
      "Of the process that was killed, all clients were told that their session is lost (SESSION_UNKNOWN) and opened another; no other session was lost, no other call failed but those that had no answer in time, and all hear broadcasts.",
      `Calls meanwhile: ${Math.ceil(CALLS * rate).toLocaleString("en")} a second.`,
      `Attempts to connect that came to nothing, from the first on: ${failedAttempts(losses)}.`,
    ],
  };
}

async function untilReplaced(crew: Crew, doomed: number): Promise<readonly Losses[]> {
  for (;;) {
    const losses = await crew.clients<Losses>(() => ({ kind: "losses" }));
    if (sumOf(losses, ({ replaced }) => replaced) >= doomed) return losses;
    await setTimeout(LOOK);
  }
}

async function check(crew: Crew, { sessions, clients, rate, broadcasts }: Sizes, doomed: number, losses: readonly Losses[]): Promise<void> {
  const lost = sumOf(losses, (each) => each.lost);
  if (lost !== doomed) throw new Error(`${doomed} sessions died with their process, and ${lost} clients were told so`);
  const present = sumOf(await crew.look(), (each) => each.sessions);
  if (present !== sessions) throw new Error(`of ${sessions} sessions the server has ${present}`);
  await crew.work((index) => ({ kind: "call", rate: rate / clients, calls: share(sessions, clients, index) }));
  await crew.broadcast(broadcasts);
}

function failedAttempts(losses: readonly Losses[]): string {
  const reasons = new Map<string, number>();
  for (const { failed } of losses)
    for (const [reason, count] of Object.entries(failed)) reasons.set(reason, (reasons.get(reason) ?? 0) + count);
  return reasons.size === 0 ? "none" : [...reasons].map(([reason, count]) => `${count.toLocaleString("en")} ${reason}`).join(", ");
}
