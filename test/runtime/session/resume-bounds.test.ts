import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import type { Client } from "../../../runtime/client.ts";
import type { Session } from "../../../runtime/command/session-type.ts";
import type { ServeOptions } from "../../../runtime/server.ts";
import { Gate, probe } from "../../support/command/probe.ts";
import { CutWorld } from "../../support/session/resuming.ts";

const RETAINED = { retentionMs: 300_000 };

/** So many clients of one server; `lose` takes one's connection for good. */
async function crowd(count: number, options: Partial<ServeOptions>) {
  const world = new CutWorld();
  const server = await world.serve({ ...RETAINED, ...options });
  let open = true;
  const memory = {
    ...world.network,
    dial: async (name: string) => (open ? world.network.dial(name) : Promise.reject(new Error("no network"))),
  };
  const clients: Client[] = [];
  for (let at = 0; at < count; at++) clients.push(await world.connect({ ...RETAINED, memory }));
  const sessions: Session[] = [...server.sessions()];
  const lose = async (at: number): Promise<void> => {
    open = false;
    world.dialled[at]!.destroy();
    await world.settle();
  };
  const back = async (): Promise<void> => {
    open = true;
    await world.settle(60_000);
  };
  return { world, server, clients, sessions, lose, back };
}

const test = suite("session/resume-bounds");

test("as many sessions as allowed wait for their clients; one more ends the one that waited longest", async () => {
  const { clients, sessions, lose, back } = await crowd(4, { detachedSessions: 2 });
  for (const at of [1, 0]) await lose(at);
  assert.equal(
    sessions.map(({ state }) => state),
    ["disconnected", "disconnected", "open", "open"],
  );
  await lose(2);
  assert.equal(
    sessions.map(({ state }) => state),
    ["disconnected", "ended", "disconnected", "open"],
  );
  assert.is((await sessions[1]!.closed).reason, "RETENTION_LIMIT");
  await back();
  assert.equal(
    clients.map(({ state }) => state),
    ["open", "ended", "open", "open"],
  );
  assert.is((await clients[1]!.closed).reason, "SESSION_UNKNOWN");
});

test("a session that went on counts no longer", async () => {
  const { sessions, lose, back } = await crowd(3, { detachedSessions: 1 });
  await lose(0);
  await back();
  await lose(1);
  assert.equal(
    sessions.map(({ state }) => state),
    ["open", "disconnected", "open"],
  );
});

test("what waits for clients counts in bytes too, also what is sent while they are away", async () => {
  const { sessions, lose, world } = await crowd(3, { detachedBytes: 1_000 });
  for (const at of [0, 1, 2]) await lose(at);
  await sessions[1]!.use(Probe).note({ text: "x".repeat(600) });
  await world.settle();
  assert.equal(
    sessions.map(({ state }) => state),
    ["disconnected", "disconnected", "disconnected"],
  );
  await sessions[2]!.use(Probe).note({ text: "x".repeat(600) });
  await world.settle();
  assert.equal(
    sessions.map(({ state }) => state),
    ["ended", "ended", "disconnected"],
  );
});

test("a server that drains waits for no session without a connection, and for none that loses its own", async () => {
  const gate = new Gate();
  const { server, sessions, clients, lose, world } = await crowd(2, { handlers: [probe({ echo: gate.handler })] });
  await lose(0);
  const answer = clients[1]!.use(Probe).echo({}, { timeoutMs: 60_000 });
  answer.catch(() => {});
  await world.settle(100);
  const drained = server.drain();
  await world.settle(100);
  assert.is((await sessions[0]!.closed).reason, "GOING_AWAY");
  assert.is(sessions[1]!.state, "draining");
  await lose(1);
  await world.until(drained, 10_000);
  assert.is((await sessions[1]!.closed).reason, "GOING_AWAY");
});

test.run();
