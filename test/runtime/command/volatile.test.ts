import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import type { Limits } from "../../../runtime/session/limits.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { assertError } from "../../support/command/assert-error.ts";
import { connectPeers, type Peers } from "../../support/command/peers.ts";
import { Gate, probe } from "../../support/command/probe.ts";
import { introduce, Kind, oneWay, text, volatile } from "../../support/session/probe-frames.ts";
import { rawClient, rawServer } from "../../support/session/raw-peer.ts";
import { CutWorld } from "../../support/session/resuming.ts";
import { World } from "../../support/session/world.ts";

const big = "x".repeat(1000);

/** A pair whose server notes what starts, in order: a number for each one-way, of whatever kind. */
async function pair(connect: Partial<Limits> = {}, serve: Partial<Limits> = {}): Promise<{ peers: Peers; started: number[]; gate: Gate }> {
  const started: number[] = [];
  const gate = new Gate();
  const note = ({ number }: { readonly number: number }): void => void started.push(number);
  const peers = await connectPeers({
    serve: { handlers: [probe({ note, blip: note, turn: gate.handler })], limits: serve },
    connect: { limits: connect },
  });
  return { peers, started, gate };
}

const test = suite("command/volatile");

test("volatile one-ways start in their place among the others", async () => {
  const { peers, started } = await pair();
  const proxy = peers.client.use(Probe);
  for (let number = 0; number < 10; number++) number % 3 === 0 ? proxy.note({ number }) : proxy.blip({ number });
  await peers.clock.settle(0);
  assert.equal(started, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.is(peers.client.stats().commandsSent, 10);
  assert.is(peers.client.stats().volatileDropped, 0);
  await peers.close();
});

test("its name is introduced by a numbered frame, once, and the rest has neither number nor acknowledgement", async () => {
  const world = new World();
  const [raws, client] = [rawServer(world), await world.connect()];
  const proxy = client.use(Probe);
  proxy.blip({ number: 1 });
  proxy.blip({ number: 2 });
  await world.settle();
  const [raw] = raws;
  assert.equal(
    raw!.frames.map(({ type }) => type).filter((type) => type !== FrameType.CLIENT_HELLO),
    [FrameType.VOID, FrameType.SEND_VOLATILE, FrameType.SEND_VOLATILE],
  );
  assert.equal([...raw!.ofType(FrameType.SEND_VOLATILE)[1]!.body], [...volatile(1, text({ number: 2 })).subarray(2)]);
});

test("one is dropped while others wait for credit, so that none is overtaken", async () => {
  const { peers, started, gate } = await pair({}, { queuedCommands: 2 });
  const proxy = peers.client.use(Probe);
  const turn = proxy.turn({});
  await peers.clock.settle(0);
  for (const number of [1, 2, 3]) proxy.note({ number });
  proxy.blip({ number: 4 });
  await peers.clock.settle(0);
  assert.is(peers.client.stats().volatileDropped, 1);
  gate.entered[0]!.open();
  await peers.until(turn);
  await peers.clock.settle(0);
  proxy.blip({ number: 5 });
  await peers.clock.settle(0);
  assert.equal(started, [1, 2, 3, 5]);
  await peers.close();
});

test("one is dropped when the outbox is half full, and what must arrive still finds room", async () => {
  const { peers, started } = await pair({ outboxBytes: 4_000 });
  const proxy = peers.client.use(Probe);
  for (let number = 1; number <= 10; number++) proxy.blip({ number, text: big });
  const note = proxy.note({ number: 11 });
  await peers.clock.settle(0);
  await note;
  assert.equal(started, [1, 2, 11]);
  assert.is(peers.client.stats().volatileDropped, 8);
  await peers.close();
});

test("one is dropped at the receiver while its queue is half full; what has credit is not", async () => {
  const { peers, started, gate } = await pair({}, { queuedCommands: 8 });
  const proxy = peers.client.use(Probe);
  proxy.blip({ number: 0 });
  proxy.turn({});
  await peers.clock.settle(0);
  for (let number = 1; number <= 6; number++) proxy.blip({ number });
  proxy.note({ number: 7 });
  await peers.clock.settle(0);
  assert.is(peers.session.stats().volatileRefused, 2);
  gate.entered[0]!.open();
  await peers.clock.settle(0);
  assert.equal(started, [0, 1, 2, 3, 4, 7]);
  await peers.close();
});

test("one is dropped at the receiver while the bytes that wait are half of what may", async () => {
  const { peers, started, gate } = await pair({}, { queuedBytes: 4_000 });
  const proxy = peers.client.use(Probe);
  proxy.turn({});
  await peers.clock.settle(0);
  for (let number = 1; number <= 4; number++) proxy.blip({ number, text: big });
  await peers.clock.settle(0);
  gate.entered[0]!.open();
  await peers.clock.settle(0);
  assert.equal(started, [1, 2]);
  assert.is(peers.session.stats().volatileRefused, 2);
  await peers.close();
});

test("without a connection it is dropped, and what was on its way is not sent again; reliable ones are", async () => {
  const world = new CutWorld();
  const started: number[] = [];
  const note = ({ number }: { readonly number: number }): void => void started.push(number);
  const { client, server } = await world.pair({ serve: { handlers: [probe({ note, blip: note })] } });
  const proxy = client.use(Probe);
  for (const number of [1, 3]) proxy.blip({ number }).then(() => proxy.note({ number: number + 1 }));
  await world.settle();
  assert.equal(started, [1, 3, 2, 4]);
  proxy.blip({ number: 5 });
  proxy.note({ number: 6 });
  world.cutAfterTurn();
  await world.settle();
  assert.is(client.state, "disconnected");
  assert.is(client.stats().volatileDropped, 0);
  proxy.blip({ number: 7 });
  proxy.note({ number: 8 });
  assert.is(client.stats().volatileDropped, 1);
  await world.until(client.flush(), 10_000);
  proxy.blip({ number: 9 });
  await world.settle();
  assert.equal(started, [1, 3, 2, 4, 6, 8, 9]);
  await world.until(server.close(), 10_000);
});

test("a name whose introduction was lost with its connection is known after it", async () => {
  const world = new CutWorld();
  const started: number[] = [];
  const { client, server } = await world.pair({ serve: { handlers: [probe({ blip: ({ number }) => void started.push(number) })] } });
  const proxy = client.use(Probe);
  proxy.blip({ number: 1 });
  world.cutAfterTurn();
  await world.settle();
  await world.until(client.flush(), 10_000);
  proxy.blip({ number: 2 });
  await world.settle();
  assert.equal(started, [2]);
  await world.until(server.close(), 10_000);
});

test("as a member of a batch it is reliable", async () => {
  const { peers, started } = await pair({ outboxBytes: 4_000 });
  const proxy = peers.client.use(Probe);
  proxy.note({ number: 1, text: big.repeat(3) });
  proxy.blip({ number: 2 });
  const results = peers.client.batch((batch) => [batch.use(Probe).blip({ number: 3 }), batch.use(Probe).note({ number: 4 })]);
  const [first] = await peers.until(results, 1_000);
  assert.is(first.status, "fulfilled");
  await peers.clock.settle(0);
  assert.equal(started, [1, 3, 4]);
  await peers.close();
});

test("what cannot be encoded, is too large or comes too late rejects, and is counted as a one-way that failed", async () => {
  const { peers } = await pair({}, { messageBytes: 500, commandNames: 1 });
  const proxy = peers.client.use(Probe);
  const code = async (promise: Promise<void>): Promise<string> => ((await peers.failure(promise)) as { code: string }).code;
  assert.is(await code(proxy.blip({ text: 7 as never })), "INVALID_ARGUMENT");
  assertError(await peers.failure(proxy.blip({ text: big })), "RESOURCE_EXHAUSTED", "NOT_RUN");
  const aborted = AbortSignal.abort(new Error("no more"));
  assert.is(await code(proxy.blip({}, { signal: aborted })), "CANCELLED");
  assert.is(peers.client.stats().oneWaysFailed, 3);
  assert.is(peers.client.stats().volatileDropped, 0);
  assert.is(await code(proxy.note({})), "RESOURCE_EXHAUSTED");
  await peers.close();
  assertError(await peers.failure(proxy.blip({})), "SESSION_LOST", "NOT_RUN");
});

test("one that waited for its turn until its deadline is not started", async () => {
  const { peers, started, gate } = await pair();
  const proxy = peers.client.use(Probe);
  proxy.turn({});
  await peers.clock.settle(0);
  proxy.blip({ number: 1 }, { timeoutMs: 100 });
  proxy.blip({ number: 2 }, { timeoutMs: 300 });
  await peers.clock.settle(200);
  gate.entered[0]!.open();
  await peers.clock.settle(0);
  assert.equal(started, [2]);
  assert.is(peers.session.stats().oneWaysRefused, 1);
  await peers.close();
});

test("a flood of them makes a receiver hold half its queue and no more", async () => {
  const world = new World();
  let open = (): void => {};
  const turn = new Promise<void>((resolve) => {
    open = resolve;
  });
  let started = 0;
  const server = await world.serve({
    handlers: [probe({ noteInTurn: () => turn, blip: () => void started++ })],
    limits: { queuedCommands: 100 },
  });
  const raw = await rawClient(world);
  await raw.send(oneWay(introduce("Blip", Kind.ONE_WAY)), oneWay(introduce("NoteInTurn", Kind.ONE_WAY)));
  for (let round = 0; round < 100; round++) await raw.send(...Array.from({ length: 1000 }, () => volatile(1)));
  const [session] = server.sessions();
  assert.is(session!.stats().commandsPending, 51);
  assert.is(session!.stats().volatileRefused, 99_950);
  open();
  await world.settle();
  assert.is(started, 51);
  assert.is(raw.closed, undefined);
  await world.until(server.close(), 10_000);
});

test.run();
