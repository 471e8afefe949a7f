import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import type { Admission, AdmissionSession } from "../../../runtime/server/admission-types.ts";
import { EndError } from "../../../runtime/session/session-end.ts";
import { MovingWorld, statusOf } from "../../support/session/moving.ts";
import type { Pair } from "../../support/session/resuming.ts";

const test = suite("session/moving");
const second = ["memory:second"];

/** A promise that is settled by hand. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Both sides still call each other. */
async function works(world: MovingWorld, { client, session }: Pair): Promise<void> {
  assert.ok(await world.answers(client));
  assert.is((await world.until(session.use(Probe).echo({ text: "you?" }))).text, "you?");
}

test("a moved session is where it should be, and is told so", async () => {
  const world = new MovingWorld();
  const pair = await world.pair();
  const told = statusOf(pair.client);
  const result = await world.until(pair.server.moveTo(second, { overMs: 1 }), 100);
  assert.equal(result, { moved: 1, stayed: 0 });
  await works(world, pair);
  assert.is(pair.client.peer, "memory:second");
  assert.equal(told, ["open", "moving", "trying", "found", "resumed"], "it was never without a connection");
});

test("the old connection is used for as long as the new one is not proven", async () => {
  const world = new MovingWorld();
  const pair = await world.pair();
  const { opened, open } = gate();
  world.onDial = () => opened;
  const moving = pair.server.moveTo(second, { overMs: 1 });
  await world.settle(5_000);
  for (let turn = 0; turn < 3; turn++) await works(world, pair);
  assert.is(pair.client.peer, "memory:server");
  open();
  assert.equal(await world.until(moving, 1_000), { moved: 1, stayed: 0 });
  await works(world, pair);
});

test("who reaches no entrance of the list stays, is counted so, and goes over when it can", async () => {
  const world = new MovingWorld();
  const pair = await world.pair();
  let reachable = false;
  world.onDial = (name) => {
    if (name === "second" && !reachable) throw new Error("unreachable");
  };
  const moving = pair.server.moveTo(second, { overMs: 100, waitMs: 1_000 });
  assert.equal(await world.until(moving, 2_000), { moved: 0, stayed: 1 });
  await world.settle(60_000);
  await works(world, pair);
  const tries = world.names.length;
  assert.ok(tries > 5 && tries < 60, `${tries} tries in a minute`);
  reachable = true;
  await world.settle(20_000);
  assert.is(pair.client.peer, "memory:second");
  await works(world, pair);
});

test("sessions are asked one after the other, evenly over the time given", async () => {
  const world = new MovingWorld();
  const pair = await world.pair();
  const clients = [pair.client];
  for (let count = 1; count < 10; count++) clients.push(await world.connect({ retentionMs: 300_000 }));
  const start = world.clock.now();
  const moving = pair.server.moveTo(second, { overMs: 1_000 });
  const moved = (): number => clients.filter(({ peer }) => peer === "memory:second").length;
  const counts: number[] = [];
  for (let at = 50; at < 1_000; at += 100) {
    await world.settle(start + at - world.clock.now());
    counts.push(moved());
  }
  assert.equal(counts, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.equal(await world.until(moving, 2_000), { moved: 10, stayed: 0 });
});

test("a session without a connection when it is asked uses the new list, and goes over if it came back through the old entrance", async () => {
  const world = new MovingWorld();
  const pair = await world.pair();
  const { opened, open } = gate();
  world.onDial = () => opened;
  world.cut();
  await world.settle(100);
  const moving = pair.server.moveTo(second, { overMs: 1 });
  await world.settle(2_000);
  assert.is(pair.client.state, "disconnected");
  open();
  assert.equal(await world.until(moving, 5_000), { moved: 1, stayed: 0 });
  assert.is(pair.client.peer, "memory:second");
  await works(world, pair);
});

test("a second move during the first: the session ends up where the last one wants it", async () => {
  const world = new MovingWorld();
  const pair = await world.pair({ serve: { listen: ["memory:server", "memory:second", "memory:third"] } });
  const { opened, open } = gate();
  world.onDial = (name) => (name === "second" ? opened : undefined);
  const first = pair.server.moveTo(second, { overMs: 1 });
  await world.settle(1_000);
  const last = pair.server.moveTo(["memory:third"], { overMs: 1 });
  assert.equal(await world.until(first), { moved: 0, stayed: 1 });
  assert.equal(await world.until(last, 1_000), { moved: 1, stayed: 0 });
  assert.is(pair.client.peer, "memory:third");
  open();
  await works(world, pair);
  assert.is(pair.client.peer, "memory:third");
});

test("the connection is lost during the move: the search for another one finds the new entrance too", async () => {
  const world = new MovingWorld();
  const pair = await world.pair();
  const { opened, open } = gate();
  world.onDial = (name) => (name === "second" ? opened : undefined);
  const moving = pair.server.moveTo(second, { overMs: 1 });
  await world.settle(100);
  world.cut();
  open();
  assert.equal(await world.until(moving, 5_000), { moved: 1, stayed: 0 });
  await works(world, pair);
});

test("a session that ends during the move is over on both sides, and nothing is left of the move", async () => {
  const world = new MovingWorld();
  const pair = await world.pair();
  world.onDial = () => gate().opened;
  const moving = pair.server.moveTo(second, { overMs: 1 });
  await world.settle(100);
  await world.until(pair.client.close("enough"), 10_000);
  assert.equal(await world.until(moving), { moved: 0, stayed: 0 });
  assert.equal([...pair.server.sessions()], []);
  await world.until(pair.server.close(), 10_000);
  await world.settle(30_000);
  assert.is(world.clock.nextTimerAt, undefined);
});

test("sessions that end with their connection stay", async () => {
  for (const side of ["serve", "connect"] as const) {
    const world = new MovingWorld();
    const pair = await world.pair({ [side]: { retentionMs: 0 } });
    const moving = pair.server.moveTo(second, { overMs: 1, waitMs: 100 });
    assert.equal(await world.until(moving, 1_000), { moved: 0, stayed: 1 });
    assert.is(pair.client.peer, "memory:server");
    await works(world, pair);
  }
});

test("an entrance behind which another server answers moves nobody there", async () => {
  const world = new MovingWorld();
  const pair = await world.pair({ serve: { listen: ["memory:server"] } });
  await world.serve({ listen: ["memory:second"], retentionMs: 300_000 });
  const moving = pair.server.moveTo(second, { overMs: 1, waitMs: 3_000 });
  assert.equal(await world.until(moving, 5_000), { moved: 0, stayed: 1 }, "it has the server's key, but not its sessions");
  await works(world, pair);
});

test("a server that takes its time to admit is no pause: the old connection is used until it has", async () => {
  const world = new MovingWorld();
  const { opened, open } = gate();
  const admit = async (_credentials: unknown, { reason }: AdmissionSession): Promise<Admission> => {
    if (reason === "resume") await opened;
    return { principal: "somebody" };
  };
  const pair = await world.pair({ serve: { admit, admitTimeoutMs: 60_000 } });
  const told = statusOf(pair.client);
  const moving = pair.server.moveTo(second, { overMs: 1 });
  await world.settle(5_000);
  for (let turn = 0; turn < 3; turn++) await works(world, pair);
  assert.equal([pair.client.peer, world.names], ["memory:server", ["server", "second"]]);
  open();
  assert.equal(await world.until(moving, 1_000), { moved: 1, stayed: 0 });
  await works(world, pair);
  assert.equal(told, ["open", "moving", "trying", "found", "resumed"]);
});

test("a session that is not admitted at the new entrance stays, as it was admitted before", async () => {
  const world = new MovingWorld();
  const admit = (_credentials: unknown, { reason }: AdmissionSession): Admission | undefined =>
    reason === "resume" ? undefined : { principal: "somebody" };
  const pair = await world.pair({ serve: { admit } });
  const moving = pair.server.moveTo(second, { overMs: 1, waitMs: 20_000 });
  assert.equal(await world.until(moving, 30_000), { moved: 0, stayed: 1 });
  await works(world, pair);
  assert.ok(world.names.length < 30, `${world.names.length} tries in 20 s`);
});

test("a session that is where the list wants it does nothing", async () => {
  const world = new MovingWorld();
  const pair = await world.pair();
  const list = ["memory:server", { url: "memory:second", priority: 1 }];
  assert.equal(await world.until(pair.server.moveTo(list, { overMs: 1, waitMs: 100 }), 1_000), { moved: 0, stayed: 1 });
  assert.equal(world.names, ["server"]);
  const better = [{ url: "memory:server", priority: 1 }, "memory:second"];
  assert.equal(await world.until(pair.server.moveTo(better, { overMs: 1 }), 1_000), { moved: 1, stayed: 0 });
});

test("a server that closes during a move says what came of it", async () => {
  const world = new MovingWorld();
  const pair = await world.pair();
  const moving = pair.server.moveTo(second, { overMs: 60_000 });
  await world.settle(10);
  await world.until(pair.server.close(), 10_000);
  await world.until(moving, 100);
  assert.is((await pair.client.closed).reason, "GOING_AWAY");
});

test("a server that asks without pause has its client dial only so often", async () => {
  const world = new MovingWorld();
  const pair = await world.pair();
  world.onDial = (name) => {
    if (name.startsWith("nowhere")) throw new Error("unreachable");
  };
  for (let at = 0; at < 1_000; at++) {
    void pair.server.moveTo([`memory:nowhere${at}`], { overMs: 1, waitMs: 1 });
    await world.settle(10);
  }
  assert.ok(world.names.length < 50, `${world.names.length} dials in 10 s`);
  await works(world, pair);
});

test("impossible moves are refused at once", async () => {
  const world = new MovingWorld();
  const { server } = await world.pair();
  for (const [wrong, options] of [
    [[], {}],
    [["http://a.test"], {}],
    [second, { overMs: 0 }],
    [second, { waitMs: -1 }],
    [second, { over: 1 } as object],
    [second, { version: 0n }],
  ] as const)
    assert.instance(await world.failure(server.moveTo(wrong, options)), TypeError);
  assert.not.instance(await world.until(server.moveTo(second, { overMs: 1 }), 1_000), EndError);
});

test.run();
