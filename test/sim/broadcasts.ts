import { Probe, type ProbeProxy } from "../../generated/example/probe/v1/probe.ts";
import type { Session } from "../../runtime/command/session-type.ts";
import type { Broadcast } from "../../runtime/server/broadcast.ts";
import type { Server } from "../../runtime/server.ts";
import { BROADCAST } from "./handlers.ts";
import type { Lane, Model } from "./model.ts";
import type { SimProcess } from "./process.ts";
import type { SimRandom } from "./random.ts";

const kinds = ["note", "note", "noteInTurn", "blip", "noteHigh", "noteBulk"] as const;

/** Whether broadcasts of this world may end sessions that have no room for them. */
export const endsFull = (seed: number): boolean => seed % 8 === 0;

export interface BroadcastsOptions {
  readonly server: Server;
  readonly process: SimProcess;
  readonly model: Model;
  readonly random: SimRandom;
  readonly seed: number;
  readonly textLength: number;
  readonly laneOf: (session: Session) => Lane;
  /** Whether to begin nothing more. */
  readonly over: () => boolean;
}

/** Broadcasts one-ways to all sessions, to a group and to some, and tells the model for which of them each became a command like any other. */
export async function broadcasts(options: BroadcastsOptions): Promise<void> {
  const { server, process, random, seed, over } = options;
  const group = server.group("some");
  for (let number = 0; ; ) {
    await process.sleep(random.skewed(800));
    if (over()) return;
    for (const session of server.sessions()) if (random.chance(0.3)) group.leave(session) || group.join(session);
    const audience = random.pick([undefined, group, (session: Session) => group.has(session), [...server.sessions()].slice(0, 1)]);
    const onFull = endsFull(seed) && random.chance(0.1) ? "end" : "skip";
    const proxy = server.broadcast(Probe, audience, { onFull });
    for (let burst = random.skewed(5); burst > 0; burst--) broadcast(proxy, `${BROADCAST}${number++}`, options);
  }
}

function broadcast(proxy: Broadcast<ProbeProxy, typeof Probe.commands>, name: string, options: BroadcastsOptions): void {
  const { server, model, random, textLength, laneOf } = options;
  const kind = random.pick(kinds);
  const timeoutMs = random.chance(0.8) ? undefined : random.skewed(10_000);
  const before = new Map(Array.from(server.sessions(), (session) => [session, session.stats().commandsSent]));
  const text = `${name}~${"·".repeat(random.chance(0.5) ? 0 : random.below(textLength))}`;
  const { sent, skipped } = proxy[kind]({ text }, timeoutMs === undefined ? undefined : { timeoutMs });
  model.trace(`broadcast ${name} ${kind}: ${sent} sent, ${skipped} skipped`);
  const reached = [...before].filter(([session, commands]) => session.stats().commandsSent > commands);
  if (reached.length !== sent) model.violation(`the broadcast ${name} says that it was sent to ${sent} sessions of ${reached.length}`);
  for (const [session] of reached) {
    const plan = { delayMs: random.chance(0.7) ? 0 : random.skewed(300), end: "ok", items: 0, obeys: false } as const;
    model.settle(model.send(laneOf(session), kind, plan, timeoutMs !== undefined, name), "ok");
  }
}
