import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Compressed } from "../../../generated/example/probe/v1/compressed.ts";
import { Blob, Probe } from "../../../generated/example/probe/v1/probe.ts";
import type { CommandType, ServiceType } from "../../../runtime/schema/service-type.ts";
import { implement } from "../../../runtime/command/handlers.ts";
import type { Interceptor } from "../../../runtime/command/interceptor.ts";
import type { Peer } from "../../../runtime/command/peer.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { type Client, connectOn } from "../../../runtime/client.ts";
import { assertError } from "../../support/command/assert-error.ts";
import { someBytes } from "../../support/command/blobs.ts";
import { compressed, countingCompressions, repeating } from "../../support/command/compressed.ts";
import { connectPeers, type Peers } from "../../support/command/peers.ts";
import { collect, probe } from "../../support/command/probe.ts";
import { bodyOf, message } from "../../support/session/frames.ts";
import { platform } from "../../support/session/platform.ts";
import { known, request } from "../../support/session/probe-frames.ts";
import { rawClient } from "../../support/session/raw-peer.ts";
import { CutWorld } from "../../support/session/resuming.ts";
import { serverKey } from "../../support/session/world.ts";

const test = suite("command/compression");

const long = repeating(50_000);
const both = { serve: { handlers: [compressed()] }, connect: { handlers: [compressed()] } };

/** How many bytes left both ends while `run` ran. */
async function travelled<T>(peers: Peers, run: () => Promise<T>): Promise<number> {
  const before = sum(peers);
  await peers.until(run());
  return sum(peers) - before;
}

const sum = ({ wires }: Peers): number => wires.writes.flat().reduce((bytes, length) => bytes + length, 0);

for (const method of ["echo", "echoBrotli", "turnHigh"] as const) {
  test(`requests and replies of ${method} travel compressed, whoever calls, and come as they were`, async () => {
    const peers = await connectPeers(both);
    for (const [caller] of peers.sides) {
      const proxy = caller.use(Compressed);
      const bytes = await travelled(peers, async () =>
        assert.equal(await proxy[method]({ text: long, number: 7 }), { text: long, number: 7 }),
      );
      assert.ok(bytes < 3_000, `${bytes} bytes`);
      // Known by its number now.
      assert.ok((await travelled(peers, () => proxy[method]({ text: long }))) < 3_000);
      assert.equal(await peers.until(proxy[method]({})), { text: "", number: 0 });
    }
    await peers.close();
  });
}

test("other commands travel as they are, beside them", async () => {
  const peers = await connectPeers({ serve: { handlers: [probe(), compressed()] } });
  const bytes = await travelled(peers, () => peers.client.use(Probe).echo({ text: long }));
  assert.ok(bytes > 100_000, `${bytes} bytes`);
  assert.ok((await travelled(peers, () => peers.client.use(Compressed).echo({ text: long }))) < 3_000);
  await peers.close();
});

test("one-ways, volatile ones, batches and deferred replies are compressed too", async () => {
  const heard: string[] = [];
  const note = ({ text }: { readonly text: string }): void => void heard.push(text);
  const peers = await connectPeers({ serve: { handlers: [compressed({ note, blip: note })] } });
  const proxy = peers.client.use(Compressed);
  const before = sum(peers);
  await peers.until(Promise.all([proxy.note({ text: long }), proxy.blip({ text: long })]));
  assert.ok(sum(peers) - before < 3_000);
  assert.equal(heard, [long, long]);
  const bytes = await travelled(peers, () =>
    peers.client.batch((batch) => [
      batch.use(Compressed).echo({ text: long }),
      batch.use(Compressed).note({ text: long }),
      batch.use(Compressed).turnHigh({ text: long }),
    ]),
  );
  assert.ok(bytes < 8_000, `${bytes} bytes`);
  assert.is(heard.length, 3);
  await peers.close();
});

test("a deferred reply is compressed when it is given", async () => {
  let token = "";
  const later = (_request: unknown, context: { defer(): { readonly token: string } }) => {
    const parked = context.defer();
    token = parked.token;
    return parked as never;
  };
  const peers = await connectPeers({ serve: { handlers: [compressed({ later })] } });
  const reply = peers.client.use(Compressed).later({ text: long });
  await peers.clock.settle(0);
  const bytes = await travelled(peers, async () => {
    await peers.session.reply(Compressed.commands.later, token, { text: long });
    assert.is((await reply).text, long);
  });
  assert.ok(bytes < 2_000, `${bytes} bytes`);
  await peers.close();
});

test("items of streams are compressed, both ways", async () => {
  const peers = await connectPeers(both);
  for (const [caller] of peers.sides) {
    let items: unknown;
    const bytes = await travelled(peers, async () => {
      items = await collect(caller.use(Compressed).both([{ text: long }, { number: 1 }, { text: long, number: 2 }]));
    });
    assert.equal(items, [
      { text: long, number: 0 },
      { text: "", number: 1 },
      { text: long, number: 2 },
    ]);
    assert.ok(bytes < 6_000, `${bytes} bytes`);
  }
  await peers.close();
});

test("credit of a stream counts items as if they were not compressed: a reader that does not read holds no more", async () => {
  let read: (() => void) | undefined;
  const slow = new Promise<void>((resolve) => {
    read = resolve;
  });
  const handlers = [
    compressed({
      async *both(items) {
        await slow;
        for await (const { text } of items) yield { number: text.length };
      },
    }),
  ];
  const peers = await connectPeers({ serve: { handlers } });
  let asked = 0;
  const source = async function* () {
    for (; asked < 40; ) {
      asked++;
      yield { text: long };
    }
  };
  const answers = collect(peers.client.use(Compressed).both(source()));
  await peers.clock.settle(0);
  // A window of 65,536 bytes, beyond which one item may go, and what its source has ready.
  assert.ok(asked <= 3, `${asked} items were asked for`);
  assert.ok(sum(peers) < 10_000);
  read!();
  assert.is((await peers.until(answers, 1_000)).length, 40);
  await peers.close();
});

test("interceptors and handlers see the command itself and the message as it is", async () => {
  const seen: unknown[] = [];
  const note: Interceptor = async (call, next) => {
    seen.push(call.command, (call.request as { readonly text: string }).text === long);
    return next(call);
  };
  const echo = (_request: unknown, context: { readonly command: unknown }) => {
    seen.push(context.command);
    return {};
  };
  const peers = await connectPeers({
    serve: { handlers: [compressed({ echo })], interceptors: [note] },
    connect: { interceptors: [note] },
  });
  await peers.until(peers.client.use(Compressed).echo({ text: long }));
  const { echo: command } = Compressed.commands;
  assert.ok(seen.length === 5 && seen.every((thing) => thing === command || thing === true));
  await peers.close();
});

test("bytes are nobody else's, whether copied or viewed", async () => {
  const peers = await connectPeers(both);
  const bytes = new Uint8Array(3_000).fill(7);
  const { copied, viewed } = await peers.until(peers.client.use(Compressed).weigh({ copied: bytes, viewed: bytes }));
  assert.equal([...copied, ...viewed], [...bytes, ...bytes]);
  assert.is(Object.getPrototypeOf(copied), Uint8Array.prototype);
  await peers.close();
});

test("without a handler whose schema asks for it, nothing is taken compressed, and nothing is sent so", async () => {
  // An earlier release of the same service, without the option.
  const commands = Object.fromEntries(
    Object.entries(Compressed.commands).map(([name, command]) => [name, { ...(command as CommandType), compression: undefined }]),
  );
  const earlier = { ...Compressed, commands } as unknown as ServiceType;
  const { handlers } = compressed();
  const peers = await connectPeers({
    serve: { handlers: [implement(earlier, handlers as never) as never] },
    connect: { handlers: [compressed()] },
  });
  const bytes = await travelled(peers, () => peers.client.use(Compressed).echo({ text: long }));
  assert.ok(bytes > 100_000, `${bytes} bytes`);
  await peers.close();
});

test("a max_bytes counts the message as it is, to the byte, on both sides", async () => {
  const peers = await connectPeers({ serve: { handlers: [compressed()] } });
  const proxy = peers.client.use(Compressed);
  // With the tag and the length of the field.
  const ofBytes = (bytes: number) => ({ copied: new Uint8Array(bytes - 4) });
  assert.is((await peers.until(proxy.fit(ofBytes(20_000)))).copied.length, 19_996);
  const error = await peers.failure(proxy.fit(ofBytes(20_001)));
  assertError(error, "RESOURCE_EXHAUSTED", "NOT_RUN", /its message has 20001 bytes; the limit max_bytes is 20000/);
  // What does not become smaller takes one byte more on its way.
  const noise = someBytes(19_996);
  const bytes = await travelled(peers, async () => assert.equal([...(await proxy.fit({ copied: noise })).copied], [...noise]));
  assert.ok(bytes > 40_000, `${bytes} bytes`);
  await peers.close();
});

test("one byte more for what is not compressed is no reason to let a message go, in its first frame or a later one", async () => {
  const world = new CutWorld();
  await world.serve({ handlers: [compressed()] });
  const raw = await rawClient(world);
  const body = bodyOf(0, message(Blob, { copied: someBytes(19_996) }));
  assert.is(body.length, 20_001);
  for (const [id, reference] of [
    [1, [0, "example.probe.v1.Compressed/Fit", 8]],
    [3, known(1)],
  ] as const) {
    const whole = request(id, reference, body);
    await raw.send(whole.slice(0, 15_000));
    await raw.send(whole.slice(15_000));
  }
  assert.equal([raw.ofType(FrameType.REPLY).length, raw.closed], [2, undefined]);
});

test("what waits for credit waits compressed, and what is sent again was compressed once", async () => {
  const world = new CutWorld();
  const heard: string[] = [];
  const note = ({ text }: { readonly text: string }): void => void heard.push(text);
  const { client, session } = await world.pair({ serve: { handlers: [compressed({ note })], limits: { queuedCommands: 4 } } });
  const times = await countingCompressions(async () => {
    const release = (session as Peer).hold();
    const proxy = client.use(Compressed);
    const sent = Array.from({ length: 10 }, (_, number) => proxy.note({ text: `${number} ${long}` }));
    world.cutAfterTurn();
    await world.settle(2_000);
    assert.is(session.state, "open");
    release();
    await world.until(Promise.all(sent), 2_000);
    await world.until(client.flush(), 2_000);
  });
  assert.is(times, 10);
  assert.is(world.dialled.length, 2);
  assert.equal(
    heard.map((text) => Number.parseInt(text, 10)),
    Array.from({ length: 10 }, (_, number) => number),
  );
  await world.until(client.close(), 1_000);
});

/** A client as a page is one: its platform compresses nothing. */
function connectPage(world: CutWorld, note: (text: { readonly text: string }) => void): Promise<Client> {
  const { clock, network: memory } = world;
  const common = { clock, memory, endpoints: ["memory:server"], serverKey, log: () => {} };
  return world.until(connectOn({ ...platform, makeCompression: undefined }, { ...common, handlers: [compressed({ note })] }));
}

test("a page talks plain: it neither compresses, nor is it sent what is compressed", async () => {
  const world = new CutWorld();
  const server = await world.serve({ handlers: [compressed()] });
  const heard: string[] = [];
  const page = await connectPage(world, ({ text }) => heard.push(text));
  const times = await countingCompressions(async () => {
    assert.is((await world.until(page.use(Compressed).echo({ text: long }))).text, long);
    assert.is((await world.until(collect(page.use(Compressed).both([{ text: long }])))).length, 1);
    const [session] = [...server.sessions()];
    assert.is((await world.until(session!.use(Compressed).echoBrotli({ text: long }))).text, long);
    await world.until(session!.use(Compressed).note({ text: long }));
  });
  assert.equal([heard, times], [[long], 0]);
  await world.until(page.close(), 1_000);
});

test("a broadcast is compressed once for all sessions that take it so in the same frame; pages get it as it is", async () => {
  const world = new CutWorld();
  const server = await world.serve({ handlers: [compressed()] });
  const heard: string[] = [];
  const note = ({ text }: { readonly text: string }): void => void heard.push(text);
  const clients: Client[] = [await connectPage(world, note), await connectPage(world, note)];
  for (let count = 0; count < 3; count++) clients.push(await world.connect({ handlers: [compressed({ note, blip: note })] }));
  const before = world.passed.client.map((bytes) => bytes);
  const rounds = [
    await countingCompressions(async () => void assert.is(server.broadcast(Compressed).note({ text: long }).sent, 5)),
    await countingCompressions(async () => void assert.is(server.broadcast(Compressed).note({ text: `again ${long}` }).sent, 5)),
    await countingCompressions(async () => void assert.is(server.broadcast(Compressed).blip({ text: long }).sent, 5)),
  ];
  await world.settle();
  assert.equal(rounds, [1, 1, 1]);
  assert.is(heard.length, 13);
  assert.equal(new Set(heard), new Set([long, `again ${long}`]));
  const grown = world.passed.client.map((bytes, index) => bytes - before[index]!);
  assert.ok(grown.slice(0, 2).every((bytes) => bytes > 150_000) && grown.slice(2).every((bytes) => bytes < 5_000), String(grown));
  await world.until(Promise.all(clients.map((client) => client.close())), 1_000);
});

test.run();
