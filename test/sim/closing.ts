import type { Client } from "../../runtime/client.ts";
import type { Peer } from "../../runtime/command/peer.ts";
import type { Session } from "../../runtime/command/session-type.ts";
import type { Server } from "../../runtime/server.ts";
import { timersOf } from "../../runtime/time/timers-of.ts";
import type { Model } from "./model.ts";
import type { SimProcess } from "./process.ts";
import { Program } from "./program.ts";
import type { SimRandom } from "./random.ts";
import type { Timeline } from "./timeline.ts";

/** How long a calm world gets to bring to an end what it began: the longest retention, deadline and handler, and the waits between. */
export const PATIENCE_MS = 600_000;
/** In which a calm network carries the last acknowledgements. */
const ACKNOWLEDGED_MS = 10_000;

/** What is left of a world when its programs are over. */
export interface CalmWorld {
  readonly timeline: Timeline;
  readonly model: Model;
  readonly random: SimRandom;
  /** Whose sessions have not ended. */
  readonly clients: readonly { readonly client: Client; readonly process: SimProcess }[];
  readonly server: { readonly server: Server; readonly process: SimProcess } | undefined;
  /** All that live. */
  readonly processes: readonly SimProcess[];
  /** The server's end of a client's session, if it is still there. */
  farSide(client: Client): Session | undefined;
}

interface End {
  readonly session: Session;
  readonly process: SimProcess;
  readonly direction: ">" | "<";
}

/** What was sent in sessions that live must arrive, and they must still answer. Then everything is closed, and nothing may be left. */
export async function closeWorld(world: CalmWorld): Promise<void> {
  const { timeline, model, clients } = world;
  await timeline.run(() => clients.every(({ client }) => client.state !== "disconnected"), PATIENCE_MS);
  await flushAll(world);
  await settled(
    world,
    endsOf(world).map((end) => lastWord(world, end)),
    "last calls hang",
  );
  await timeline.run(() => false, ACKNOWLEDGED_MS);
  // Clients that renew their credentials do so at times of their own.
  await timeline.run(() => endsOf(world).every(({ session }) => heldBytes(session) === 0), ACKNOWLEDGED_MS);
  for (const { client } of clients) checkSurvivor(world, client);
  await closeAll(world);
  await timeline.run(() => false, PATIENCE_MS);
  for (const process of world.processes) {
    const { size } = timersOf(process);
    if (size > 0 || process.timers > 0)
      model.violation(`${process.name} keeps ${size} timers (${process.timers} armed) when all is closed`);
  }
}

/** Both ends of all sessions that have not ended. */
function endsOf({ clients, server, farSide }: CalmWorld): End[] {
  const ends: End[] = [];
  for (const { client, process } of clients) {
    const far = farSide(client);
    if (client.state !== "ended") ends.push({ session: client, process, direction: ">" });
    if (far !== undefined && server !== undefined && far.state !== "ended")
      ends.push({ session: far, process: server.process, direction: "<" });
  }
  return ends;
}

async function flushAll(world: CalmWorld): Promise<void> {
  const flushes = endsOf(world).map(({ session }) => session.flush().catch(() => {}));
  await settled(world, flushes, "flushes hang");
  const idle = (): boolean => endsOf(world).every(({ session }) => session.stats().commandsPending === 0);
  if (!(await world.timeline.run(idle, PATIENCE_MS))) world.model.violation("commands that were accepted never end");
}

/** A session that lives still answers. */
function lastWord({ model, random }: CalmWorld, { session, process, direction }: End): Promise<void> {
  const lane = model.lane(session.id.slice(0, 8) + direction);
  const options = { process, model, random: random.fork(), lane, commands: 1, ms: 1, textLength: 1, over: () => false };
  return new Program(session, options).ask();
}

const heldBytes = (session: Session): number => (session as unknown as Peer).core.outboxes.heldBytes;

function checkSurvivor({ model, farSide }: CalmWorld, client: Client): void {
  if (client.state === "ended") return;
  const name = client.id.slice(0, 8);
  if (client.state !== "open") model.violation(`${name} is ${client.state} in a calm world`);
  const far = farSide(client);
  if (far === undefined) return;
  for (const direction of [">", "<"]) model.lane(name + direction).survived = true;
  for (const side of [client, far]) {
    const held = heldBytes(side);
    if (held > 0) model.violation(`${name} holds ${held} bytes when everything is acknowledged`);
  }
}

function closeAll(world: CalmWorld): Promise<void> {
  const { clients, server, random } = world;
  const closing = clients.map(({ client }) => (random.chance(0.5) ? client.close("done") : client.drain()));
  if (server !== undefined) closing.push(server.server.close());
  return settled(world, closing, "sessions or servers do not close");
}

async function settled({ timeline, model }: CalmWorld, promises: readonly Promise<void>[], otherwise: string): Promise<void> {
  let left = promises.length;
  for (const promise of promises) promise.then(() => left--);
  if (!(await timeline.run(() => left === 0, PATIENCE_MS))) model.violation(`${left} ${otherwise}`);
}
