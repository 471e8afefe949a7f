import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe, type Text } from "../../../generated/example/probe/v1/probe.ts";
import type { CommandError } from "../../../runtime/errors/command-error.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { Priority } from "../../../runtime/session/priority.ts";
import { connectPeers } from "../../support/command/peers.ts";
import { Gate, probe } from "../../support/command/probe.ts";
import { frame } from "../../support/session/frames.ts";
import { introduce, Kind, known, oneWay, text } from "../../support/session/probe-frames.ts";
import { rawClient, rawServer } from "../../support/session/raw-peer.ts";
import { World } from "../../support/session/world.ts";

const { HIGH, NORMAL, BULK } = Priority;
const barrier = frame(FrameType.BARRIER);

/** Handlers that tell in which order they start. */
function telling() {
  const started: string[] = [];
  const tell = ({ text }: Text): void => void started.push(text);
  const answer = ({ text, number }: Text): Text => {
    started.push(text);
    return { text, number };
  };
  return { started, handlers: [probe({ note: tell, noteHigh: tell, noteBulk: tell, echo: answer, echoHigh: answer, turnBulk: answer })] };
}

/** Server and client without rules. */
async function raws(limits = {}) {
  const { started, handlers } = telling();
  const world = new World();
  const server = await world.serve({ handlers, limits });
  const raw = await rawClient(world);
  const [session] = server.sessions();
  const note = (kind: "Note" | "NoteHigh" | "NoteBulk", name: string) => oneWay(introduce(kind, Kind.ONE_WAY), text({ text: name }));
  return { world, raw, started, note, session: session! };
}

const test = suite("command/barrier");

test("what is sent behind a barrier starts behind what was sent before it, whatever the classes, in both directions", async () => {
  const { started, handlers } = telling();
  const peers = await connectPeers({ serve: { handlers }, connect: { handlers } });
  for (const [caller] of peers.sides) {
    started.length = 0;
    const proxy = caller.use(Probe);
    proxy.noteBulk({ text: "bulk 1" });
    proxy.note({ text: "normal 1" });
    caller.barrier();
    proxy.noteHigh({ text: "high 2" });
    caller.barrier();
    proxy.noteBulk({ text: "bulk 3" });
    caller.barrier();
    const last = proxy.echoHigh({ text: "high 4" });
    await peers.until(last, 100);
    assert.equal(started, ["normal 1", "bulk 1", "high 2", "bulk 3", "high 4"]);
  }
  await peers.close();
});

test("without one, what is urgent comes first", async () => {
  const { started, handlers } = telling();
  const peers = await connectPeers({ serve: { handlers }, connect: { handlers: [] } });
  const proxy = peers.client.use(Probe);
  proxy.noteBulk({ text: "bulk" });
  proxy.note({ text: "normal" });
  await peers.until(proxy.echoHigh({ text: "high" }), 100);
  await peers.until(peers.client.flush(), 100);
  assert.equal(started, ["high", "normal", "bulk"]);
  await peers.close();
});

test("it stands behind what waits for credit or room", async () => {
  const gate = new Gate();
  const { started, handlers } = telling();
  handlers[0] = probe({ turnBulk: gate.handler, noteHigh: ({ text }) => void started.push(text) });
  const peers = await connectPeers({ serve: { handlers, limits: { queuedCommands: 2 } }, connect: { handlers: [] } });
  const proxy = peers.client.use(Probe);
  const bulk = Array.from({ length: 4 }, (_, number) => proxy.turnBulk({ number }));
  peers.client.barrier();
  proxy.noteHigh({ text: "high" });
  for (let number = 0; number < 4; number++) {
    await peers.clock.settle(30);
    // The last one has started, which is all that a barrier waits for.
    assert.equal(started, number < 3 ? [] : ["high"]);
    gate.entered[number]!.open();
  }
  await peers.until(Promise.all(bulk));
  await peers.close();
});

test("it waits for starts and not for ends, except where an ordered command keeps others from starting", async () => {
  const gate = new Gate();
  const { started, handlers } = telling();
  handlers[0] = probe({ echo: gate.handler, turnBulk: gate.handler, noteHigh: ({ text }) => void started.push(text) });
  const peers = await connectPeers({ serve: { handlers }, connect: { handlers: [] } });
  const proxy = peers.client.use(Probe);
  const answers: Promise<Text>[] = [proxy.echo({})];
  peers.client.barrier();
  proxy.noteHigh({ text: "started" });
  await peers.clock.settle(30);
  assert.equal(started, ["started"]);
  answers.push(proxy.turnBulk({}), proxy.turnBulk({}));
  peers.client.barrier();
  proxy.noteHigh({ text: "both" });
  await peers.clock.settle(30);
  assert.equal(started, ["started"]);
  gate.entered[1]!.open();
  await peers.clock.settle(30);
  assert.equal(started, ["started", "both"]);
  for (const { open } of gate.entered) open();
  await peers.until(Promise.all(answers));
  await peers.close();
});

test("a batch is on one side of it as a whole", async () => {
  const { started, handlers } = telling();
  const peers = await connectPeers({ serve: { handlers }, connect: { handlers: [] } });
  peers.client.use(Probe).note({ text: "0" });
  const batch = peers.client.batch((members) => {
    const proxy = members.use(Probe);
    const first = proxy.turnBulk({ text: "1" });
    // Members are sent when all have been called.
    peers.client.barrier();
    return [first, proxy.noteBulk({ text: "2" })];
  });
  peers.client.barrier();
  peers.client.use(Probe).noteHigh({ text: "3" });
  await peers.until(batch, 100);
  await peers.until(peers.client.flush(), 100);
  assert.equal(started, ["0", "1", "2", "3"]);
  await peers.close();
});

test("what was cancelled before it was sent, and what its deadline ended in the queue, hold nobody back", async () => {
  const { started, handlers } = telling();
  const gate = new Gate();
  handlers[0] = probe({ turnBulk: gate.handler, noteHigh: ({ text }) => void started.push(text) });
  const peers = await connectPeers({ serve: { handlers, limits: { queuedCommands: 2 } }, connect: { handlers: [] } });
  const proxy = peers.client.use(Probe);
  const abort = new AbortController();
  const options = [{}, { timeoutMs: 1_000 }, { signal: abort.signal }];
  const answers = options.map((each) => proxy.turnBulk({}, each));
  for (const answer of answers) answer.catch(() => {});
  peers.client.barrier();
  proxy.noteHigh({ text: "high" });
  abort.abort();
  await peers.clock.settle(2_000);
  gate.entered[0]!.open();
  await peers.until(peers.client.flush(), 100);
  assert.equal([gate.entered.length, started], [1, ["high"]]);
  await peers.close();
});

test("it costs nothing where nothing was sent since the last one, or in one class only until another one is used", async () => {
  const world = new World();
  const peers = rawServer(world);
  const client = await world.until(world.connecting());
  const barriers = () =>
    [HIGH, NORMAL, BULK].map((kind) => peers[0]!.framesIn(kind).filter(({ type }) => type === FrameType.BARRIER).length);
  client.barrier();
  const proxy = client.use(Probe);
  proxy.note({});
  for (let count = 0; count < 3; count++) client.barrier();
  proxy.note({});
  await world.settle();
  assert.equal(barriers(), [0, 0, 0]);
  proxy.noteBulk({});
  await world.settle();
  assert.equal(barriers(), [1, 1, 1]);
  const inBulk = peers[0]!.framesIn(BULK).map(({ type }) => type);
  assert.equal(inBulk, [FrameType.BARRIER, FrameType.SEND]);
  for (let count = 0; count < 3; count++) client.barrier();
  await world.settle();
  assert.equal(barriers(), [2, 2, 2]);
});

test("one that is set while a message is encoded is refused, in all classes or in none", async () => {
  const { started, handlers } = telling();
  const peers = await connectPeers({ serve: { handlers }, connect: { handlers: [] } });
  const proxy = peers.client.use(Probe);
  proxy.noteHigh({ text: "1" });
  const greedy = {
    get text(): string {
      peers.client.barrier();
      return "never";
    },
  };
  const error = await peers.failure(proxy.note(greedy));
  assert.match(String((error as Error).cause), /a message's getter or iterable sent something/);
  peers.client.barrier();
  await peers.until(proxy.echo({ text: "2" }), 100);
  assert.equal(started, ["1", "2"]);
  await peers.close();
});

test("a side without handlers refuses what is behind it as everything", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] }, connect: { handlers: [] } });
  const proxy = peers.session.use(Probe);
  peers.failure(proxy.turnBulk({}));
  peers.session.barrier();
  assert.is(((await peers.failure(proxy.echoHigh({}), 100)) as CommandError).code, "UNIMPLEMENTED");
  await peers.close();
});

test("after the end of the session it does nothing", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe()] }, connect: { handlers: [] } });
  peers.client.use(Probe).noteHigh({});
  await peers.close();
  peers.client.barrier();
});

test("a peer that sends a barrier in one class only holds that class and nobody else", async () => {
  const { raw, started, note, world } = await raws();
  const other = await rawClient(world);
  await raw.sendAs(HIGH, barrier, note("NoteHigh", "held"));
  await raw.sendAs(NORMAL, note("Note", "free"));
  await other.sendAs(HIGH, note("NoteHigh", "other"));
  assert.equal(started, ["free", "other"]);
  await raw.sendAs(BULK, barrier);
  assert.equal(started.length, 2);
  await raw.sendAs(NORMAL, barrier);
  assert.equal(started, ["free", "other", "held"]);
});

test("what waits behind one is bounded by credit, however many barriers there are", async () => {
  const { raw, started, note, session } = await raws({ queuedCommands: 8 });
  await raw.sendAs(HIGH, note("NoteHigh", "0"), barrier);
  for (let count = 0; count < 1_000; count++) await raw.sendAs(HIGH, barrier, frame(FrameType.VOID, 0, 1));
  await raw.sendAs(HIGH, oneWay(known(1)), barrier, oneWay(known(1)));
  assert.equal([started, session.stats().commandsPending, raw.closed], [["0"], 2, undefined]);
  await raw.sendAs(HIGH, oneWay(known(1)));
  assert.match(raw.closed!.message, /without credit/);
});

for (const [what, kind, sent] of [
  ["with something in it", HIGH, frame(FrameType.BARRIER, 1)],
  ["of class control", Priority.CONTROL, barrier],
] as const) {
  test(`a barrier ${what} ends the session`, async () => {
    const { raw } = await raws();
    await raw.sendAs(kind, sent);
    assert.is(raw.closed?.reason, "PROTOCOL_ERROR");
  });
}

test.run();
