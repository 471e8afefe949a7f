import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { caught } from "../../support/command/assert-error.ts";
import { probe } from "../../support/command/probe.ts";
import { frame } from "../../support/session/frames.ts";
import { introduce, Kind, known, request } from "../../support/session/probe-frames.ts";
import { rawClient, rawServer } from "../../support/session/raw-peer.ts";
import { CutWorld } from "../../support/session/resuming.ts";
import { World } from "../../support/session/world.ts";

const { PING, ACK } = FrameType;
const big = "x".repeat(1_000);
const handlers = [probe({ echo: ({ text }) => ({ text: text === "" ? big : text }) })];
const limits = { outboxBytes: 3_000 };

/** A server and a peer that lives, for it pings every two seconds, and never acknowledges: three replies fill its outbox. */
async function stubborn(slowPeerTimeoutMs?: number) {
  const world = new World();
  const server = await world.serve({ handlers, limits, slowPeerTimeoutMs, livenessTimeoutMs: 6_000 });
  const bystander = await world.connect();
  const raw = await rawClient(world);
  for (let index = 0; index < 5; index++) await raw.send(request(1 + 2 * index, index === 0 ? introduce("Echo", Kind.UNARY) : known(1)));
  const live = async (seconds: number, ...frames: readonly Uint8Array[]): Promise<void> => {
    for (let at = 0; at < seconds; at += 2) {
      await raw.send(frame(PING, at), ...frames);
      await world.settle(2_000);
    }
  };
  return { world, server, bystander, raw, live };
}

const test = suite("session/slow peers");

test("a client that lives and accepts nothing while its outbox is full loses its session after 30 s, and no other does", async () => {
  const { world, server, bystander, raw, live } = await stubborn();
  await live(28);
  assert.is(raw.closed, undefined);
  assert.is([...server.sessions()].length, 2);
  await live(4);
  assert.is(raw.closed?.reason, "SLOW_PEER");
  assert.match(raw.closed!.message, /30000 ms \(slowPeerTimeoutMs\)/);
  assert.is([...server.sessions()].length, 1);
  assert.ok(await world.answers(bystander));
  assert.equal(world.log, []);
});

test("the time is an option, and a client that accepts a little at a time has it again and again", async () => {
  const { raw, live, world } = await stubborn(5_000);
  for (let accepted = 1; accepted <= 2; accepted++) {
    await live(4);
    await raw.send(frame(ACK, accepted));
    assert.is(raw.closed, undefined);
  }
  await live(4);
  assert.is(raw.closed, undefined, "the time begins anew when it finds progress");
  await live(10);
  assert.is(raw.closed?.reason, "SLOW_PEER");
  await world.settle(10_000);
});

test("with room in the outbox a peer may take its time", async () => {
  const { raw, live } = await stubborn(5_000);
  await raw.send(frame(ACK, 3));
  await raw.send(frame(ACK, 5));
  await live(30);
  assert.is(raw.closed, undefined);
});

test("a client waits for a server that accepts nothing", async () => {
  const world = new World();
  const [raws, client] = [rawServer(world), await world.connect({ limits, livenessTimeoutMs: 6_000 })];
  for (let index = 0; index < 5; index++) caught(client.use(Probe).echo({ text: big }));
  for (let at = 0; at < 150; at++) {
    await raws[0]!.send(frame(PING, at));
    await world.settle(400);
  }
  assert.is(client.state, "open");
});

test("time without a connection does not count, and a full outbox is watched again over the next one", async () => {
  const world = new CutWorld();
  let closed = false;
  const dial = async (name: string) => {
    if (closed) throw new Error("no network");
    return world.network.dial(name);
  };
  const { client, session } = await world.pair({
    serve: { limits, slowPeerTimeoutMs: 2_000 },
    connect: { memory: { ...world.network, dial }, backoffCapMs: 500 },
  });
  closed = true;
  world.cut();
  await world.settle();
  for (let index = 0; index < 5; index++) caught(session.use(Probe).note({ text: big }));
  await world.settle(60_000);
  assert.is(session.state, "disconnected");
  closed = false;
  await world.settle(20_000);
  assert.is(session.state, "open");
  assert.is(client.state, "open");
});

test.run();
