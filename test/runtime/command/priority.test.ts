import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe, type Text } from "../../../generated/example/probe/v1/probe.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { Priority } from "../../../runtime/session/priority.ts";
import { connectPeers } from "../../support/command/peers.ts";
import { collect, Gate, probe } from "../../support/command/probe.ts";
import { numbersOf } from "../../support/session/frames.ts";
import { introduce, item, Kind, known, oneWay, request } from "../../support/session/probe-frames.ts";
import { rawClient, rawServer } from "../../support/session/raw-peer.ts";
import { World } from "../../support/session/world.ts";

const { HIGH, BULK, NORMAL } = Priority;
const { REQUEST, SEND, REPLY, CREDIT } = FrameType;

/** A server, and a client without rules. */
async function meeting(serve: Parameters<World["serve"]>[0] = {}) {
  const world = new World();
  await world.serve(serve);
  return rawClient(world);
}

const test = suite("command/priority");

test("commands of all classes are answered, in both directions", async () => {
  const notes: string[] = [];
  const handlers = [probe({ noteHigh: ({ text }) => void notes.push(text), noteBulk: ({ text }) => void notes.push(text) })];
  const peers = await connectPeers({ serve: { handlers }, connect: { handlers } });
  for (const [caller] of peers.sides) {
    const proxy = caller.use(Probe);
    const answers = await peers.until(
      Promise.all([
        proxy.turnBulk({ text: "bulk" }),
        proxy.echo({ text: "normal" }),
        proxy.echoHigh({ text: "high" }),
        collect(proxy.bothBulk([{ number: 1 }, { number: 2 }])),
        proxy.noteBulk({ text: "b" }),
        proxy.noteHigh({ text: "h" }),
      ]),
    );
    assert.equal([answers[0].text, answers[1].text, answers[2].text, answers[3].length], ["bulk", "normal", "high", 2]);
    await peers.until(caller.flush(), 100);
  }
  // Of what leaves in one turn, the most urgent comes first.
  assert.equal(notes, ["h", "b", "h", "b"]);
  await peers.close();
});

test("a command and its answer travel in records of its class, whose names are introduced there", async () => {
  const world = new World();
  const [raws, connecting] = [rawServer(world), world.connecting()];
  const client = await world.until(connecting);
  const [raw] = raws;
  const proxy = client.use(Probe);
  for (let count = 0; count < 2; count++) {
    proxy.echoHigh({}).catch(() => {});
    proxy.noteBulk({}).catch(() => {});
    proxy.echo({}).catch(() => {});
  }
  await world.settle();
  // The id, and then the reference: 0 introduces a name, 1 is the first one of its class.
  const references = (kind: number, type: FrameType, at: number) =>
    raw!.framesIn(kind).flatMap((frame) => (frame.type === type ? [numbersOf(frame.body, at + 1)[at]] : []));
  assert.equal(references(HIGH, REQUEST, 1), [0, 1]);
  assert.equal(references(BULK, SEND, 0), [0, 1]);
  assert.equal(references(NORMAL, REQUEST, 1), [0, 1]);

  const server = await meeting();
  await server.sendAs(HIGH, request(1, introduce("Echo", Kind.UNARY)));
  assert.equal(
    server.framesIn(HIGH).map(({ type }) => type),
    [REPLY],
  );
});

test("an ordered command holds back its class and no other", async () => {
  const gate = new Gate();
  const order: string[] = [];
  const peers = await connectPeers({
    serve: { handlers: [probe({ turnBulk: gate.handler, noteBulk: () => void order.push("bulk") })] },
    connect: { handlers: [] },
  });
  const proxy = peers.client.use(Probe);
  const held = proxy.turnBulk({});
  proxy.noteBulk({});
  await peers.until(Promise.all([proxy.echo({}), proxy.echoHigh({})]));
  assert.equal(order, []);
  gate.entered[0]!.open();
  await peers.until(held);
  assert.equal(order, ["bulk"]);
  await peers.close();
});

test("members of a batch travel in their class when it is one, and as NORMAL when they have several", async () => {
  const ran: string[] = [];
  const ordered = async ({ text }: Text): Promise<Text> => {
    ran.push(text);
    return { text, number: 0 };
  };
  const world = new World();
  const raws = rawServer(world);
  const client = await world.until(world.connecting());
  const commands = (kind: number) => raws[0]!.framesIn(kind).filter(({ type }) => type === REQUEST || type === SEND).length;
  client.batch((batch) => [batch.use(Probe).turnBulk({}), batch.use(Probe).noteBulk({})]);
  await world.settle();
  assert.equal([commands(BULK), commands(NORMAL), commands(HIGH)], [2, 0, 0]);
  client.batch((batch) => [batch.use(Probe).turnBulk({}), batch.use(Probe).noteHigh({}), batch.use(Probe).echo({})]);
  await world.settle();
  assert.equal([commands(BULK), commands(NORMAL), commands(HIGH)], [2, 3, 0]);

  const handlers = [probe({ turnBulk: ordered, echoHigh: ordered, echo: ordered })];
  const peers = await connectPeers({ serve: { handlers }, connect: { handlers: [] } });
  const proxies = ["turnBulk", "echoHigh", "echo", "turnBulk"] as const;
  await peers.until(peers.client.batch((batch) => proxies.map((name, at) => batch.use(Probe)[name]({ text: `${at}` }))));
  assert.equal(ran, ["0", "1", "2", "3"]);
  await peers.close();
});

test("a class that waits for credit holds no other one back", async () => {
  const gate = new Gate();
  const handlers = [probe({ turnBulk: gate.handler })];
  const peers = await connectPeers({ serve: { handlers, limits: { queuedCommands: 4 } }, connect: { handlers: [] } });
  const proxy = peers.client.use(Probe);
  // One runs, two have credit, the others wait for it.
  const bulk = Array.from({ length: 6 }, (_, number) => proxy.turnBulk({ number }));
  await peers.until(Promise.all([proxy.echo({}), proxy.echoHigh({})]));
  assert.is(peers.client.stats().commandsSent, 5);
  for (let number = 0; number < 6; number++) {
    await peers.clock.settle(30);
    gate.entered[number]!.open();
  }
  assert.equal(
    (await peers.until(Promise.all(bulk))).map(({ number }) => number),
    [0, 1, 2, 3, 4, 5],
  );
  await peers.close();
});

test("a class that fills its outbox leaves room to the others", async () => {
  const world = new World();
  rawServer(world);
  const client = await world.until(world.connecting({ limits: { outboxBytes: 1_000 } }));
  const proxy = client.use(Probe);
  // Half of it is BULK's: the second message finds no room.
  for (let count = 0; count < 2; count++) proxy.noteBulk({ text: "x".repeat(600) }).catch(() => {});
  proxy.note({ text: "x".repeat(600) });
  proxy.note({ text: "x" });
  proxy.noteHigh({});
  assert.is(client.stats().commandsSent, 4);
});

test("a message of class BULK without end does not keep one of class HIGH from being answered", async () => {
  const raw = await meeting();
  const large = oneWay(introduce("NoteBulk", Kind.ONE_WAY), new Uint8Array(100_000));
  await raw.sendAs(BULK, large.slice(0, 50_000));
  await raw.sendAs(HIGH, request(1, introduce("EchoHigh", Kind.UNARY)));
  assert.is(raw.ofType(REPLY).length, 1);
  await raw.sendAs(BULK, large.slice(50_000));
  assert.is(raw.closed, undefined);
});

test("the credit of each class is told with its number, half and a quarter of NORMAL's", async () => {
  const raw = await meeting({ limits: { queuedCommands: 4 } });
  const told = (): number[][] => raw.ofType(CREDIT).map(({ body }) => [...numbersOf(body, 2), body.at(-1)!]);
  await raw.sendAs(BULK, oneWay(introduce("NoteBulk", Kind.ONE_WAY)));
  await raw.world.settle(30);
  assert.equal(told().at(-1), [0, 3, BULK]);
  await raw.sendAs(HIGH, oneWay(introduce("NoteHigh", Kind.ONE_WAY)));
  await raw.world.settle(30);
  assert.equal(told().at(-1), [0, 2, HIGH]);
});

for (const [what, kinds] of [
  ["a name that was introduced in another class", [BULK, HIGH]],
  ["an id that does not follow in its class", [HIGH, HIGH]],
] as const) {
  test(`${what} ends the session`, async () => {
    const raw = await meeting();
    await raw.sendAs(kinds[0], request(5, introduce("Echo", Kind.UNARY)));
    assert.is(raw.ofType(REPLY).length, 1);
    await raw.sendAs(kinds[1], request(kinds[0] === kinds[1] ? 3 : 7, known(1)));
    assert.is(raw.closed?.reason, "PROTOCOL_ERROR");
  });
}

test("ids follow each other within a class only; one that is open in another class ends the session", async () => {
  const raw = await meeting();
  await raw.sendAs(BULK, request(5, introduce("Later", Kind.UNARY)));
  await raw.sendAs(HIGH, request(3, introduce("Later", Kind.UNARY)));
  assert.is(raw.closed, undefined);
  await raw.sendAs(HIGH, request(5, known(1)));
  assert.match(raw.closed!.message, /command id 5 is that of a command of another class/);
});

test("a frame about a command that comes in another class ends the session", async () => {
  const raw = await meeting();
  await raw.sendAs(BULK, request(1, introduce("Up", Kind.UP), new Uint8Array()));
  await raw.sendAs(HIGH, request(3, introduce("Later", Kind.UNARY)));
  await raw.sendAs(HIGH, item(1));
  assert.match(raw.closed!.message, /a frame about command 1 came in another class/);
});

test("an answer that comes in another class ends the session", async () => {
  const world = new World();
  const raws = rawServer(world);
  const client = await world.until(world.connecting());
  const answer = client.use(Probe).echoHigh({});
  answer.catch(() => {});
  await world.settle();
  await raws[0]!.sendAs(BULK, Uint8Array.of((REPLY << 2) | 1, 1, 1));
  const error = await world.failure(answer);
  assert.ok(CommandError.is(error) && error.code === "SESSION_LOST");
  assert.match(raws[0]!.closed!.message, /a frame about command 1 came in another class/);
});

test("what the end of a session leaves is told by class: NOT_RUN where the closing frame counts less", async () => {
  const world = new World();
  const raws = rawServer(world);
  const client = await world.until(world.connecting());
  const proxy = client.use(Probe);
  const answers = [proxy.echo({}), proxy.echoHigh({}), proxy.echoHigh({}), proxy.turnBulk({})];
  for (const answer of answers) answer.catch(() => {});
  await world.settle();
  // Of NORMAL one, of CONTROL none, of HIGH one, of BULK none.
  const accepted = [1, 0, 1].flatMap((count) => [(3 << 3) | 0, count]);
  await raws[0]!.send(Uint8Array.of(FrameType.CLOSE << 2, 2 + accepted.length, 8, 1, ...accepted));
  const outcomes = await Promise.all(answers.map((answer) => world.failure(answer).then((error) => (error as CommandError).outcome)));
  assert.equal(outcomes, ["MAY_HAVE_RUN", "MAY_HAVE_RUN", "NOT_RUN", "NOT_RUN"]);
});

test.run();
